"""Parts that all pages share: sessions, security headers, languages, forms, papers ordered by a page."""
