"""Runs in .venv-iam: reads a list of policies as JSON from standard input, and prints what each linter finds in each."""

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
    policies = json.load(sys.stdin)
    json.dump([{linter.__name__: linter(each) for linter in (parliament, cloudsplaining)} for each in policies], sys.stdout)
