"""The function of ``FailureRedrive``: plain Python and boto3, packed with the operations that it uses."""
