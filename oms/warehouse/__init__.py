"""The warehouse management systems we speak to, one folder each."""
