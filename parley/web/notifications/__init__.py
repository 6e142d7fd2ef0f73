"""What users are told of in the product."""
