"""The ``LambdaInvocation`` policies: rules that know how each function is invoked."""
