"""From the text of a file to a template: CloudFormation in JSON and YAML, loops, and SAM.

What is slow to import is imported when a file needs it.
"""
