"""One class for cfn-lint for each id, with what our rule says about itself.

cfn-lint also takes the folder of this file, and then loads each file of it by itself: the classes stand in this one
only.
"""

from typing import Final

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from constructs_lib.cfn_lint.findings import matches_of
from constructs_lib.cfn_lint.ids import IDS
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.rules import all_rules


def _class(rule: Rule, id: str) -> type:
    def match(self: CloudFormationLintRule, cfn: Template) -> list[RuleMatch]:
        return matches_of(cfn).get(self.id, [])

    return type(
        f"{rule.id}{id}",
        (CloudFormationLintRule,),
        {
            "__module__": __name__,
            "__doc__": rule.description,
            "id": id,
            "shortdesc": f"LambdaInvocation {rule.id}",
            "description": f"{rule.description} {rule.fix}",
            "source_url": rule.source,
            "tags": ["lambda", "lambda-invocation"],
            "match": match,
        },
    )


RULES: Final = tuple(_class(rule, name) for rule in all_rules() for name in IDS.get(rule.id, ()))

globals().update({rule.__name__: rule for rule in RULES})
