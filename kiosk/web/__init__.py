"""What all pages share: sessions, security headers, languages, forms."""
