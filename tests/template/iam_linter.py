"""Runs in .venv-iam: reads policies as JSON from standard input, and prints what a linter finds in each.

    iam_linter.py parliament|cloudsplaining
"""

import json
import sys


def parliament(policy):
    """Actions, resources and conditions that do not exist or do not fit each other."""
    from parliament import analyze_policy_string

    findings = analyze_policy_string(json.dumps(policy)).findings
    return [f"{each.issue}: {each.detail} {each.location}" for each in findings]


def cloudsplaining(policy):
    """What gives more than least privilege."""
    from cloudsplaining.scan.policy_document import PolicyDocument

    document = PolicyDocument(policy)
    risks = {
        "privilege escalation": document.allows_privilege_escalation,
        "data exfiltration": document.allows_data_exfiltration_actions,
        "resource exposure": document.permissions_management_without_constraints,
        "credentials exposure": document.credentials_exposure,
        "writes without a resource": document.write_actions_without_constraints,
        "infrastructure modification": document.infrastructure_modification,
        "all actions of a service": document.service_wildcard,
    }
    return [f"{risk}: {found}" for risk, found in risks.items() if found]


if __name__ == "__main__":
    linter = {"parliament": parliament, "cloudsplaining": cloudsplaining}[sys.argv[1]]
    policies = json.load(sys.stdin)
    found = [f"{name}: {problem}" for name, policy in policies.items() for problem in linter(policy)]
    json.dump({"policies": len(policies), "found": found}, sys.stdout)
