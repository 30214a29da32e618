"""Invoke functions, and find, read and redrive their failed events, with boto3.

The command ``lambda-invocations`` does the same. Nothing here loads aws-cdk-lib, and boto3 is loaded on first use.
"""
