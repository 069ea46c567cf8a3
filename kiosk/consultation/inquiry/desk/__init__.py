"""The desk of inquiries: what was asked, its answer, a proposal to the library, statistics."""
