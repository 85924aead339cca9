//! Findings about results: the topics, uploads and results that do not match, and the length of requests.

use jiff::SignedDuration;
use reactive_scaler::{
    config::Route,
    ledger::{Item, MAX_PAGES, Standing},
};

use super::{Facts, Finding, FindingId, cli_commands};
use crate::{
    account::{Function, sns::Subscription},
    doctor::{read::ConfigLookup, result_facts::Topic},
};
use scalerctl_console::suggested::Suggested;

/// An upload's event that comes later than its result is usually there by then.
const LATE: SignedDuration = SignedDuration::from_mins(5);

/// The maximum of `job_minutes`, and of `InvocationTimeoutSeconds` (API: `InvokeEndpointAsync`).
const MOST_MINUTES: u64 = 60;

/// How to do without results.
const WITHOUT: &str =
    "to do without results for all endpoints of the stack, in the folder of the template";

pub fn examine(facts: &Facts, found: &mut Vec<Finding>) {
    let (Some(function), Some(route)) = (facts.function(), facts.route()) else { return };
    job_minutes(route, facts, found);
    let ConfigLookup::Found(config) = &facts.config else { return };
    if !route.results {
        return;
    }
    if function.ledger.is_none() {
        let finding = Finding::new(
            FindingId::SettingsUnusable,
            "the route has \"results\": true, but SCALER_LEDGER names no table",
            "set the stack's parameter ResultsRoleArns to the execution role of the model, in the folder of the \
             template",
        );
        let set = config.model.as_deref().and_then(|model| {
            let role = cli_commands::show_role(model).output();
            facts.set_parameters(&format!("ResultsRoleArns={role}"))
        });
        found.push(set.into_iter().fold(finding, Finding::command));
        return;
    }
    let before = found.len();
    not_connected(function, facts, found);
    for topic in &facts.results.topics {
        elsewhere(function, topic, facts, found);
    }
    // Uploads have no results then.
    if found.len() == before {
        uploads_without_result(route, facts, found);
    }
    results_without_upload(route, facts, found);
    ledger_too_large(facts, found);
}

fn job_minutes(route: &Route, facts: &Facts, found: &mut Vec<Finding>) {
    let job_minutes = u64::try_from(route.job_minutes).unwrap_or(0);
    let set = |finding: Finding, minutes: u64| {
        let minutes = minutes.min(MOST_MINUTES);
        facts
            .set_parameters(&format!("JobMinutes={minutes}"))
            .into_iter()
            .fold(finding, Finding::command)
    };
    let what_to_do = "set the stack's parameter JobMinutes to the longest request, in the folder of the template";
    // An AWS metric is never negative, and the conversion of a larger number saturates.
    let longest = (facts.results.longest_request / 60e6).ceil() as u64;
    if longest > job_minutes {
        let what = format!(
            "a request took up to {longest} minutes in the last day (ModelLatency), and job_minutes is {job_minutes}"
        );
        found.push(set(Finding::new(FindingId::JobMinutesTooShort, what, what_to_do), longest));
    }
    let Some(longest) = facts.results.timeouts.iter().max_by_key(|it| it.seconds) else { return };
    let minutes = longest.seconds.div_ceil(60).min(MOST_MINUTES);
    if minutes > job_minutes {
        let what = format!(
            "{} of the model {} is {} s, and job_minutes is {job_minutes}",
            longest.variable, longest.model, longest.seconds
        );
        let finding = Finding::new(FindingId::JobMinutesBelowTimeout, what, what_to_do);
        found.push(set(finding, minutes));
    }
}

fn not_connected(function: &Function, facts: &Facts, found: &mut Vec<Finding>) {
    let ConfigLookup::Found(config) = &facts.config else { return };
    let names = ["SuccessTopic", "ErrorTopic"].into_iter().zip(&config.topics);
    let unset = names.filter(|(_, topic)| topic.is_none());
    let mut missing: Vec<String> = unset.map(|(name, _)| format!("has no {name}")).collect();
    let gone = facts.results.topics.iter().filter(|topic| topic.subscriptions.is_none());
    missing
        .extend(gone.map(|it| format!("names the {} {}, which does not exist", it.name, it.arn)));
    if missing.is_empty() {
        return;
    }
    let config = &facts.endpoint.config;
    let finding = Finding::new(
        FindingId::ResultsNotConnected,
        format!(
            "the route has \"results\": true, but the endpoint configuration {config} {}",
            missing.join(" and ")
        ),
        "create an endpoint configuration with the topics of the stack, and update the endpoint, which replaces \
         its instances",
    );
    let connect = cli_commands::connect_results(&function.arn, &facts.endpoint.name, config);
    let finding = connect.into_iter().fold(finding, Finding::command);
    found.push(finding.or_by(WITHOUT, without(facts)));
}

fn elsewhere(function: &Function, topic: &Topic, facts: &Facts, found: &mut Vec<Finding>) {
    let Some(subscriptions) = &topic.subscriptions else { return };
    let queues = facts.results.queues.as_ref();
    let base = function.unqualified_arn();
    let reaches = |it: &Subscription| match it.protocol.as_str() {
        "lambda" => it.endpoint == base || it.endpoint.starts_with(&format!("{base}:")),
        // It may be one of the function's queues, if those cannot be read.
        "sqs" => queues.is_none_or(|queues| queues.contains(&it.endpoint)),
        _ => false,
    };
    if subscriptions.iter().any(reaches) {
        return;
    }
    let others = match subscriptions.as_slice() {
        [] => "it has no subscriptions".to_owned(),
        some => {
            let shown: Vec<&str> = some.iter().map(|it| it.endpoint.as_str()).collect();
            format!("it has subscriptions of: {}", shown.join(", "))
        }
    };
    let finding = Finding::new(
        FindingId::ResultsElsewhere,
        format!(
            "the {} {} has no subscription of {base} or of a queue that it reads; {others}",
            topic.name, topic.arn
        ),
        "subscribe the function to the topic",
    );
    let subscribe = cli_commands::subscribe(&base, &topic.arn);
    found.push(subscribe.into_iter().fold(finding, Finding::command));
}

fn uploads_without_result(route: &Route, facts: &Facts, found: &mut Vec<Finding>) {
    let young = facts.now - route.window();
    let waits = |item: &&Item| {
        matches!(item.standing(), Standing::Outstanding | Standing::Forgotten)
            && item.results.is_empty()
            && item.touched_at.is_some_and(|at| at < young)
    };
    let waiting: Vec<&Item> = facts.results.items.iter().filter(waits).collect();
    let Some(oldest) = waiting.iter().min_by_key(|item| item.touched_at) else { return };
    let what = format!(
        "{} from more than {} minutes ago, such as {}",
        counted(waiting.len(), "an upload without a result", "uploads without a result"),
        route.window().as_mins(),
        oldest.location
    );
    let new = |what_to_do: &str, command: Suggested| {
        Finding::new(FindingId::UploadsWithoutResult, what.clone(), what_to_do).command(command)
    };
    let ConfigLookup::Found(config) = &facts.config else { return };
    found.push(match &config.model {
        Some(model) if facts.results.not_published > 0.0 => new(
            "SageMaker could not publish results in the last day: allow the execution role of the model sns:Publish \
             on both topics; if the role was created again, remove it from the stack's parameter ResultsRoleArns, \
             deploy, and add it again; to show it",
            cli_commands::show_role(model),
        ),
        _ => new(
            "invoke the endpoint once for each upload, with its location as InputLocation; to show the log of the \
             endpoint",
            Suggested::aws(format!(
                "logs tail /aws/sagemaker/Endpoints/{} --since 1d",
                facts.endpoint.name
            )),
        ),
    });
}

fn results_without_upload(route: &Route, facts: &Facts, found: &mut Vec<Finding>) {
    let alone = |item: &&Item| {
        item.standing() == Standing::ResultOnly
            && item.result_at.is_some_and(|at| at <= facts.now - LATE)
    };
    let alone: Vec<&Item> = facts.results.items.iter().filter(alone).collect();
    let Some(first) = alone.first() else { return };
    let matched = match route.takes(first.location.bucket(), first.location.key()) {
        true => "",
        false => ", which the route does not match",
    };
    let what = format!(
        "{} for which the function got no upload, such as {}{matched}",
        counted(alone.len(), "a result", "results"),
        first.location
    );
    let finding = Finding::new(
        FindingId::ResultsWithoutUpload,
        what,
        "upload each input before it is invoked, to a key that the route matches; to show the stack's InputPrefix",
    );
    let shown = facts.show_parameter("InputPrefix").into_iter().fold(finding, Finding::command);
    let inline = format!("for requests with inline bodies, {WITHOUT}");
    found.push(shown.or_by(&inline, without(facts)));
}

fn ledger_too_large(facts: &Facts, found: &mut Vec<Finding>) {
    if !facts.results.too_large {
        return;
    }
    let finding = Finding::new(
        FindingId::LedgerTooLarge,
        format!("the ledger has more than {MAX_PAGES} pages of 1 MB with items of this endpoint"),
        format!(
            "wait, ticks delete items an hour after their newest event; if there are always so many, {WITHOUT}"
        ),
    );
    found.push(without(facts).into_iter().fold(finding, Finding::command));
}

fn without(facts: &Facts) -> Option<Suggested> {
    facts.set_parameters("ResultsRoleArns=''")
}

fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { one.to_owned() } else { format!("{count} {many}") }
}
