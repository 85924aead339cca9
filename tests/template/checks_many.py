"""One endpoint or many: what is about one endpoint is made where its name is known, and only there."""

import json

# Resources that name an endpoint.
OF_ONE = {"BacklogAlarm", "StuckAlarm", "AwakeAlarm"}
OF_MANY = {"FleetBacklogAlarm", "FleetStuckAlarm"}


def check_one_or_many(stack):
    """With one name: its alarms. With many: an alarm over all, and nothing that names one."""
    one = stack.routing == "Name"
    made = set(stack.resources)
    wanted, unwanted = (OF_ONE, OF_MANY) if one else (OF_MANY, OF_ONE | {"VariantTarget", "BacklogPolicy"})
    if one and stack.parameters.get("ExtraRoutes"):
        # They may cover endpoints that no parameter names.
        unwanted = unwanted - {"FleetBacklogAlarm"}
    problems = [f"{name} is missing" for name in sorted(wanted - made)]
    problems += [f"{name} is made, and about no endpoint" for name in sorted(unwanted & made)]
    endpoint = stack.parameters.get("EndpointName", "an-endpoint")
    if f'"endpoint":"{endpoint}"' not in stack.outputs["StatusCommand"]:
        problems.append(f"the status command is {stack.outputs['StatusCommand']}")
    return problems


def check_fleet_dashboard(stack):
    """With many endpoints, the dashboard shows them side by side."""
    dashboard, = stack.of_type("AWS::CloudWatch::Dashboard").values()
    try:
        widgets = json.loads(dashboard["DashboardBody"])["widgets"]
    except json.JSONDecodeError as error:
        return [f"the dashboard is no JSON: {error}"]
    searched = {
        metric[0]["expression"]
        for widget in widgets
        for metric in widget["properties"].get("metrics", [])
        if isinstance(metric[0], dict) and metric[0]["expression"].startswith("SEARCH(")
    }
    wanted = set() if stack.routing == "Name" else {
        "SEARCH('{ReactiveScaler,EndpointName} MetricName=\"DesiredInstances\"', 'Maximum', 60)",
        "SEARCH('{AWS/SageMaker,EndpointName} MetricName=\"ApproximateBacklogSize\"', 'Maximum', 60)",
    }
    return [] if searched == wanted else [f"searches: {sorted(searched)}, wanted: {sorted(wanted)}"]
