"""Run the comparison."""

from scripts.comparison import peers
from scripts.comparison.labels import cases
from scripts.comparison.page import PAGE, render

EVERY = cases()
FOUND = {
    "cdk-nag Serverless": peers.cdk_nag(EVERY),
    "cfn-lint with serverless-rules": peers.cfn_lint(EVERY),
    "checkov": peers.checkov(EVERY),
}
PAGE.write_text(render(EVERY, FOUND, peers.versions()))
print(f"wrote {PAGE.relative_to(PAGE.parents[1])}")
