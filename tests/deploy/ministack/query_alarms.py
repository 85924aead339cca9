"""Alarms on a query of Metrics Insights, which MiniStack refuses: alarms on the metric that the query names take
their place. They have no contributors."""

import re

QUERY = re.compile(r'SELECT (MAX|MIN)\((\w+)\) FROM SCHEMA\("([\w/]+)", ')
STATISTICS = {"MAX": "Maximum", "MIN": "Minimum"}


def on_a_metric(properties):
    """The properties of the alarm that takes the place."""
    if "Metrics" not in properties:
        return properties
    query, = properties["Metrics"]
    statistic, metric, namespace = QUERY.match(query["Expression"]).groups()
    rest = {name: value for name, value in properties.items() if name != "Metrics"}
    return {
        **rest, "Namespace": namespace, "MetricName": metric, "Statistic": STATISTICS[statistic],
        "Period": query["Period"],
    }


def accept(handlers):
    """Changes the handler of alarms."""
    alarm = handlers["AWS::CloudWatch::Alarm"]
    create, update = alarm["create"], alarm["update"]

    def create_alarm(logical_id, properties, stack):
        return create(logical_id, on_a_metric(properties), stack)

    def update_alarm(physical_id, old, new, *rest):
        return update(physical_id, on_a_metric(old), on_a_metric(new), *rest)

    alarm.update(create=create_alarm, update=update_alarm)
