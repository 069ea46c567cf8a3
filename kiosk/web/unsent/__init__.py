"""What a person wrote at the desk and has not sent: drafts, and forms that came after their session had ended."""
