"""Pure functions about a company: its colours, its logo, the sites that may frame its pages."""
