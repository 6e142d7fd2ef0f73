"""How long things are kept, and how a proof is made. Pure: no database."""
