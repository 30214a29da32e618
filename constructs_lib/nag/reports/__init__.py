"""Reports: reading those that CDK writes, and writing our own."""
