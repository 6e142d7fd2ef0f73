"""The pages of who administers Parley: companies, users, acting as one of them, and how the system is."""
