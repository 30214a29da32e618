"""The example app on this machine: an emulator of AWS, kept running, and the real CDK command against it."""
