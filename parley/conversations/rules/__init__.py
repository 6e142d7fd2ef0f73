"""What a kit is, what is asked next, which state follows which. Pure: no database."""
