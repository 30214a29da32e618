"""Our rules in cfn-lint, so that editors underline what they find: ``cfn-lint -a constructs_lib.cfn_lint``.

Nothing else imports this package: cfn-lint is no dependency of ours.
"""

from constructs_lib.cfn_lint import rules as _rules

# cfn-lint makes one object of each class that it finds in the module it is given.
globals().update({rule.__name__: rule for rule in _rules.RULES})
