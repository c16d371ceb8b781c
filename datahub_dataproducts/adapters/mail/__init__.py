"""E-mail: letters as HTML with plain text beside it, over SMTP."""
