//! `upload-rule`: a rule matches the upload's event, and the path from rule to function works.

use super::super::{
    check::{Check, CheckId, Findings},
    delivery::Delivery,
    event_bridge::Rule,
    lambda::Queue,
    read::Facts,
    resource_policy::admits,
    upload::Upload,
};
use scalerctl_console::suggested::Suggested;

const ID: CheckId = CheckId::UploadRule;

/// Runs the check.
pub fn examine(facts: &Facts) -> Check {
    let upload = match &facts.subject.upload {
        Ok(upload) => upload,
        Err(why) => return Check::skipped(ID, why),
    };
    let mut findings = Findings::default();
    let queues = match &facts.queues {
        Ok(queues) => queues,
        Err(error) => {
            findings.refused(error);
            return findings.check(ID);
        }
    };
    // If the bucket cannot be read, the check `bucket-events` reports that.
    let delivery = match &facts.bucket {
        Some(Ok(bucket)) => Delivery::of(bucket, &facts.function.arn, queues, upload),
        _ => Delivery::EventBridge,
    };
    match delivery {
        Delivery::Function(_) => {
            return Check::skipped(ID, "the bucket notifies the function directly");
        }
        Delivery::OfOthers => {
            return Check::skipped(
                ID,
                "the bucket notifies the function or its queue directly, but \
                                       not for this upload",
            );
        }
        Delivery::Topic(_) => {
            return Check::skipped(ID, "the bucket notifies a topic");
        }
        Delivery::Queue(notification) => {
            findings.saw("no rule is needed: the bucket notifies the queue directly");
            read_by_function(queues, &notification.target, &mut findings);
        }
        Delivery::EventBridge | Delivery::None => match &facts.rules {
            Some(Ok(rules)) => of_rules(facts, rules, queues, upload, &mut findings),
            Some(Err(error)) => findings.refused(error),
            None => return Check::skipped(ID, "the rules were not read"),
        },
    }
    findings.check(ID)
}

fn of_rules(
    facts: &Facts,
    rules: &[Rule],
    queues: &[Queue],
    upload: &Upload,
    findings: &mut Findings,
) {
    let taking = || rules.iter().filter(|rule| rule.takes_upload);
    for rule in taking().filter(|rule| rule.is_enabled()) {
        let Rule { name, target, .. } = rule;
        findings.saw(format!(
            "rule {name} is enabled, matches the event, and its target is \
                              {target}"
        ));
        if *target == facts.function.arn {
            admission(facts, rule, findings);
        } else {
            read_by_function(queues, target, findings);
        }
        if rule.takes_other_bucket {
            findings.note(format!(
                "rule {name} matches uploads to any bucket: each of them invokes the function, \
                 which ignores those that no route matches"
            ));
        }
    }
    if taking().any(Rule::is_enabled) {
        return;
    }
    for Rule { name, state, .. } in taking() {
        findings.problem_with_command(
            format!("rule {name} matches the event, but its state is {state}"),
            "enable it",
            Suggested::aws(format!("events enable-rule --name {name}")),
        );
    }
    if taking().next().is_none() {
        let Upload { bucket, key } = upload;
        let names: Vec<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
        let others = match names.as_slice() {
            [] => "it is not the target of any rule with an event pattern".to_owned(),
            names => format!("these rules do not match: {}", names.join(", ")),
        };
        findings.problem(
            format!("no rule sends the upload of {key} to {bucket} to the function: {others}"),
            "deploy with the stack's parameters UploadTrigger=EventBridge, InputBucket, \
             ExtraBuckets, InputPrefix and InputSuffix as the route has them",
        );
    }
}

/// EventBridge can invoke the function only if its resource policy allows it.
fn admission(facts: &Facts, rule: &Rule, findings: &mut Findings) {
    match &facts.policy {
        Ok(policy) if admits(policy, "events.amazonaws.com", &rule.arn) => {
            findings.saw("the function's policy allows EventBridge to invoke it for this rule");
        }
        Ok(_) => findings.problem_with_command(
            format!(
                "the function's policy does not allow EventBridge to invoke it for {}",
                rule.name
            ),
            "allow it",
            Suggested::aws(format!(
                "lambda add-permission --function-name {} --statement-id uploads --action \
                 lambda:InvokeFunction --principal events.amazonaws.com --source-arn {}",
                facts.function.arn, rule.arn
            )),
        ),
        Err(error) => {
            findings.note(format!(
                "smoke could not check who can invoke the function: {}",
                error.with_advice()
            ));
        }
    }
}

fn read_by_function(queues: &[Queue], arn: &str, findings: &mut Findings) {
    for Queue { mapping, state, reports_failures, filters, .. } in
        queues.iter().filter(|queue| queue.arn == arn)
    {
        if state == "Enabled" && *reports_failures {
            findings.saw(format!(
                "the function reads {arn}: the mapping {mapping} is Enabled and has \
                 ReportBatchItemFailures"
            ));
        }
        if state != "Enabled" {
            findings.problem_with_command(
                format!("the mapping {mapping} of {arn} is {state}, not Enabled"),
                "enable it",
                Suggested::aws(format!(
                    "lambda update-event-source-mapping --uuid {mapping} --enabled"
                )),
            );
        }
        if !reports_failures {
            findings.problem_with_command(
                format!(
                    "the mapping {mapping} of {arn} has no ReportBatchItemFailures: a message \
                     whose wake failed would not be retried"
                ),
                "add it",
                Suggested::aws(format!(
                    "lambda update-event-source-mapping --uuid {mapping} \
                     --function-response-types ReportBatchItemFailures"
                )),
            );
        }
        if *filters {
            findings.note(format!(
                "the mapping {mapping} has filter criteria, which smoke does not check"
            ));
        }
    }
    findings.note("smoke does not check whether the queue's policy allows the event");
}
