//! Findings about results: the topics, uploads and results that do not match, and the length of requests.

use std::time::Duration;

use jiff::Timestamp;
use reactive_scaler::ledger::{Item, Location, MAX_PAGES, RequestResult, Upload};
use simulator::{Fault, LambdaFunction, ResultTopics, Simulator, Subscription, World};

use super::{
    case::Case,
    run::{Run, doctor, doctor_at},
    world::{ENDPOINT, FUNCTION, but, function, minutes, put, routed},
};

const ROUTES: &str = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","prefix":"async/in/","suffix":".json","results":true}]"#;
const SUCCESS: &str = "arn:aws:sns:eu-central-1:123456789012:my-success";
const ERROR: &str = "arn:aws:sns:eu-central-1:123456789012:my-error";
const ARN: &str = "arn:aws:lambda:eu-central-1:123456789012:function:my-scaler";
const OTHER: &str = "arn:aws:lambda:eu-central-1:123456789012:function:thumbnails";
const BUFFER: &str = "arn:aws:sqs:eu-central-1:123456789012:my-buffer";

/// `job_minutes` is 15, so what is decided without results has a window of 17 minutes.
const WINDOW: Duration = Duration::from_secs(17 * 60);

fn with_ledger() -> LambdaFunction {
    let ledger = "reactive-scaler-ledger";
    function(&[("SCALER_ROUTES", ROUTES), ("SCALER_MODE", "act"), ("SCALER_LEDGER", ledger)])
}

fn subscribe(world: &mut World, topic: &str, to: &[(&str, &str)]) {
    let to = to.iter().map(|(protocol, endpoint)| Subscription::new(*protocol, *endpoint));
    world.put_topic(topic, to.collect());
}

/// The healthy account with connected results, with this change.
pub fn connected_but(change: impl FnOnce(&mut World)) -> Simulator {
    but(|world| {
        world.put_function(with_ledger());
        let topics = ResultTopics {
            success: Some(SUCCESS.into()),
            error: Some(ERROR.into()),
            ..ResultTopics::default()
        };
        world.endpoint_mut(ENDPOINT).topics = topics;
        // A person can subscribe too.
        subscribe(world, SUCCESS, &[("email", "me@example.com"), ("lambda", ARN)]);
        subscribe(world, ERROR, &[("lambda", ARN)]);
        change(world);
    })
}

/// Results reach the function through a queue.
pub fn connected_to_a_queue() -> Simulator {
    connected_but(|world| {
        subscribe(world, SUCCESS, &[("sqs", BUFFER)]);
        subscribe(world, ERROR, &[("sqs", BUFFER)]);
        world.put_function(with_ledger().with_queue(BUFFER));
    })
}

/// The success topic has these subscriptions.
fn subscribed(to: &'static [(&'static str, &'static str)]) -> Simulator {
    connected_but(|world| subscribe(world, SUCCESS, to))
}

fn upload(world: &mut World, key: &str, ago: Duration) {
    let at = world.now() - ago;
    let location = Location::of_object("my-inputs", key).unwrap();
    let upload = Upload { id: key.to_owned(), created_at: Some(at) };
    world.ledger_add_upload(ENDPOINT, &location, &upload, at).unwrap();
}

fn result(world: &mut World, key: &str, ago: Duration) {
    let at = world.now() - ago;
    let location = Location::of_object("my-inputs", key).unwrap();
    let result = RequestResult { inference_id: key.to_owned(), received_at: Some(at) };
    world.ledger_add_result(ENDPOINT, &location, &result, at).unwrap();
}

fn uploaded(ago: Duration) -> Simulator {
    connected_but(|world| {
        upload(world, "async/in/a.json", ago);
        upload(world, "async/in/done.json", minutes(30));
        result(world, "async/in/done.json", minutes(29));
    })
}

fn result_alone(key: &str, ago: Duration) -> Simulator {
    connected_but(|world| result(world, key, ago))
}

/// The ledger has so many pages of finished items.
fn pages(count: usize) -> Simulator {
    connected_but(|world| {
        world.settings.ledger_page_size = 1;
        for number in 0..count {
            let key = format!("async/in/{number}.json");
            upload(world, &key, minutes(30));
            result(world, &key, minutes(29));
        }
    })
}

/// The longest request of the last day took this long.
fn took(request: Duration) -> Simulator {
    let of = [("EndpointName", ENDPOINT), ("VariantName", "AllTraffic")];
    let microseconds = request.as_secs_f64() * 1e6;
    but(|world| put(world, "AWS/SageMaker", "ModelLatency", &of, microseconds))
}

fn with_timeout(variable: &str, seconds: &str) -> Simulator {
    but(|world| world.set_model_variable(ENDPOINT, variable, seconds))
}

pub fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "results-not-connected",
            "an endpoint without topics",
            connected_but(|world| world.endpoint_mut(ENDPOINT).topics = ResultTopics::default()),
            &[
                "my-endpoint-config has no SuccessTopic and has no ErrorTopic",
                "--endpoint-config-name my-endpoint-config-connected --retain-all-variant-properties",
                "ResultsRoleArns=''",
            ],
        ),
        Case::new(
            "results-not-connected",
            "results of failed requests have no topic",
            connected_but(|world| world.endpoint_mut(ENDPOINT).topics.error = None),
            &["my-endpoint-config has no ErrorTopic\n"],
        ),
        Case::new(
            "results-not-connected",
            "the topic of an earlier stack",
            connected_but(|world| {
                let gone = SUCCESS.replace("my-success", "deleted");
                world.endpoint_mut(ENDPOINT).topics.success = Some(gone);
            }),
            &[
                "names the SuccessTopic arn:aws:sns:eu-central-1:123456789012:deleted, which does not exist",
            ],
        ),
        Case::new(
            "results-elsewhere",
            "the topic of another function",
            subscribed(&[("lambda", OTHER)]),
            &[
                "it has subscriptions of: arn:aws:lambda:eu-central-1:123456789012:function:thumbnails",
                "aws lambda add-permission --function-name arn:aws:lambda:eu-central-1:123456789012:function:my-scaler",
                "aws sns subscribe --topic-arn arn:aws:sns:eu-central-1:123456789012:my-success --protocol lambda",
            ],
        ),
        Case::new(
            "results-elsewhere",
            "a topic without subscriptions",
            subscribed(&[]),
            &["it has no subscriptions"],
        ),
        Case::new(
            "results-elsewhere",
            "a queue of something else",
            subscribed(&[("sqs", BUFFER)]),
            &["it has subscriptions of: arn:aws:sqs:eu-central-1:123456789012:my-buffer"],
        ),
        Case::new(
            "job-minutes-too-short",
            "a request that took longer",
            took(minutes(21)),
            &[
                "a request took up to 21 minutes in the last day",
                "--parameter-overrides JobMinutes=21",
            ],
        ),
        Case::new(
            "job-minutes-below-timeout",
            "a container that allows longer requests",
            with_timeout("SAGEMAKER_MODEL_SERVER_TIMEOUT", "1800"),
            &[
                "SAGEMAKER_MODEL_SERVER_TIMEOUT of the model my-endpoint is 1800 s, and job_minutes is 15",
                "--parameter-overrides JobMinutes=30",
            ],
        ),
        Case::new(
            "uploads-without-result",
            "an upload that nobody invoked",
            uploaded(minutes(18)),
            &[
                "an upload without a result from more than 17 minutes ago, such as s3://my-inputs/async/in/a.json",
                "aws logs tail /aws/sagemaker/Endpoints/my-endpoint --since 1d",
            ],
        ),
        Case::new(
            "uploads-without-result",
            "a role that cannot publish",
            connected_but(|world| {
                upload(world, "async/in/a.json", minutes(60));
                upload(world, "async/in/b.json", minutes(50));
                let of = [("EndpointName", ENDPOINT), ("VariantName", "AllTraffic")];
                put(world, "AWS/SageMaker", "NotificationFailures", &of, 2.0);
            }),
            &[
                "2 uploads without a result",
                "s3://my-inputs/async/in/a.json",
                "SageMaker could not publish results",
                "aws sagemaker describe-model --model-name my-endpoint --query ExecutionRoleArn",
            ],
        ),
        Case::new(
            "results-without-upload",
            "inputs outside of the route",
            result_alone("elsewhere/a.json", minutes(6)),
            &[
                "such as s3://my-inputs/elsewhere/a.json, which the route does not match",
                "InputPrefix",
            ],
        ),
        Case::new(
            "ledger-too-large",
            "more items than the function reads",
            pages(MAX_PAGES + 1),
            &[
                "the ledger has more than 20 pages of 1 MB with items of this endpoint",
                "if there are always so many, to do without results",
                "ResultsRoleArns=''",
            ],
        ),
        Case::new(
            "settings-unusable",
            "results without a table",
            connected_but(|world| world.put_function(routed(ROUTES))),
            &[
                "SCALER_LEDGER names no table",
                "ResultsRoleArns=\"$(aws sagemaker describe-model --model-name my-endpoint",
            ],
        ),
    ]
}

#[tokio::test]
async fn connected_results_are_not_a_finding() {
    doctor(&connected_but(|_| ()), &[]).await.assert_finds(&[]);
    // An alias or a version of the function.
    let alias = "arn:aws:lambda:eu-central-1:123456789012:function:my-scaler:live";
    let sim = connected_but(|world| subscribe(world, SUCCESS, &[("lambda", alias)]));
    doctor(&sim, &[]).await.assert_finds(&[]);
    // A function whose name begins with the same letters.
    let similar = "arn:aws:lambda:eu-central-1:123456789012:function:my-scaler-2";
    let sim = connected_but(|world| subscribe(world, SUCCESS, &[("lambda", similar)]));
    doctor(&sim, &[]).await.assert_finds(&["results-elsewhere"]);
}

/// The results reach the function through the buffer queue of the stack.
#[tokio::test]
async fn a_queue_that_the_function_reads_is_connected() {
    let run = doctor(&connected_to_a_queue(), &[]).await;
    run.assert_finds(&[]);
    assert!(run.called.contains("ListEventSourceMappings"), "{:?}", run.called);
}

/// Nothing is concluded from what cannot be read.
#[tokio::test]
async fn what_cannot_be_read_is_only_not_readable() {
    for (operation, action) in [
        ("ListSubscriptionsByTopic", "sns:ListSubscriptionsByTopic"),
        ("Query", "dynamodb:Query"),
        ("DescribeModel", "sagemaker:DescribeModel"),
        ("ListEventSourceMappings", "lambda:ListEventSourceMappings"),
    ] {
        let sim = subscribed(&[("sqs", BUFFER)]);
        sim.with(|world| world.faults.fail_next(operation, Fault::AccessDenied, 100));
        let run = doctor(&sim, &[]).await;
        let mut found = run.findings();
        // The queue is known not to be the function's.
        found.retain(|id| !(*id == "results-elsewhere" && operation != "ListEventSourceMappings"));
        assert!(!found.is_empty() && found.iter().all(|id| *id == "not-readable"), "{}", run.text);
        run.assert_says(&[&format!("allow your own credentials {action} on ")]);
    }
}

/// The times count, on both sides of each limit.
#[tokio::test]
async fn limits() {
    let second = Duration::from_secs(1);
    let uploads = "uploads-without-result";
    let expect = async |sim: &Simulator, found: &[&str]| doctor(sim, &[]).await.assert_finds(found);
    expect(&uploaded(WINDOW), &[]).await;
    expect(&uploaded(WINDOW + second), &[uploads]).await;
    let alone = |ago| result_alone("async/in/a.json", ago);
    expect(&alone(minutes(5) - second), &[]).await;
    expect(&alone(minutes(5)), &["results-without-upload"]).await;
    expect(&took(minutes(15)), &[]).await;
    expect(&took(minutes(15) + second), &["job-minutes-too-short"]).await;
    expect(&pages(MAX_PAGES), &[]).await;
    expect(&pages(MAX_PAGES + 1), &["ledger-too-large"]).await;
    let timeout = |seconds| with_timeout("SAGEMAKER_TS_RESPONSE_TIMEOUT", seconds);
    expect(&timeout("900"), &[]).await;
    expect(&timeout("901"), &["job-minutes-below-timeout"]).await;
    expect(&timeout("none"), &[]).await;
    expect(&with_timeout("MY_TIMEOUT", "901"), &[]).await;
}

/// A scale-in by the metric forgets an upload. It still got no result.
#[tokio::test]
async fn a_forgotten_upload_is_reported_until_it_expires() {
    let sim = uploaded(minutes(60));
    sim.with(|world| {
        let waits = |item: &&Item| item.results.is_empty();
        let item = world.ledger(ENDPOINT).find(waits).unwrap().clone();
        world.ledger_forget_unchanged(ENDPOINT, &item).unwrap();
    });
    let at = |now: Timestamp| {
        let sim = sim.clone();
        async move { doctor_at(&sim, now, &[]).await }
    };
    at(sim.now()).await.assert_finds(&["uploads-without-result"]);
    let expires = sim.now() + minutes(23 * 60);
    at(expires - Duration::from_secs(1)).await.assert_finds(&["uploads-without-result"]);
    at(expires).await.assert_finds(&[]);
}

/// Without `results`, the ledger and the topics are not read.
#[tokio::test]
async fn a_route_without_results_has_no_topics() {
    let sim = connected_but(|world| world.put_function(routed(super::world::ROUTES)));
    let run: Run = doctor(&sim, &["--function", FUNCTION]).await;
    run.assert_finds(&[]);
    for operation in ["ListSubscriptionsByTopic", "Query"] {
        assert!(!run.called.contains(operation), "{:?}", run.called);
    }
}
