//! Findings about uploads: the bucket's events, the route, and the location of results.

use simulator::{Bucket, BucketNotification, NotificationKind, Simulator};

use super::{
    case::Case,
    run::doctor,
    world::{ENDPOINT, but, routed},
};

const ANY_SUFFIX: &str =
    r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","prefix":"async/in/"}]"#;

/// Results go to this path, and the route matches any suffix.
fn results_to(path: &str) -> Simulator {
    but(|world| {
        world.put_function(routed(ANY_SUFFIX));
        world.endpoint_mut(ENDPOINT).output_path = path.to_owned();
    })
}

/// The bucket notifies only this destination, about these keys.
fn notifying(kind: NotificationKind, target: &str, prefix: &str, suffix: &str) -> Simulator {
    let notification = BucketNotification {
        id: "uploads".into(),
        kind,
        target: target.into(),
        events: vec!["s3:ObjectCreated:*".into()],
        prefix: prefix.into(),
        suffix: suffix.into(),
    };
    with_notification(notification)
}

fn with_notification(notification: BucketNotification) -> Simulator {
    but(|world| {
        let bucket = Bucket { notifications: vec![notification], ..Bucket::default() };
        world.put_bucket("my-inputs", bucket);
    })
}

const FUNCTION: &str = "arn:aws:lambda:eu-central-1:123456789012:function:my-scaler";
const OTHER: &str = "arn:aws:lambda:eu-central-1:123456789012:function:thumbnails";
const UPLOADS: &str = "arn:aws:sqs:eu-central-1:123456789012:uploads";

/// The valid route, with this prefix.
fn with_prefix(prefix: &str) -> Simulator {
    let routes = ANY_SUFFIX.replace("async/in/", prefix);
    but(|world| world.put_function(routed(&routes)))
}

pub fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "results-among-inputs",
            "results under the input prefix",
            results_to("s3://my-inputs/async/in/results/"),
            &[
                "results go to s3://my-inputs/async/in/results/",
                "what to do: upload inputs below s3://my-inputs/async/in/inputs/, and let only",
                " --parameter-overrides InputPrefix=async/in/inputs/\n",
                "or: let the endpoint write results to s3://my-inputs/my-endpoint-results/, where",
                "select(. == \"s3://my-inputs/async/in/results/\")) = \
                 \"s3://my-inputs/my-endpoint-results/\"')\"\n",
                "aws sagemaker update-endpoint --endpoint-name my-endpoint --endpoint-config-name ",
            ],
        ),
        Case::new(
            "event-bridge-off",
            "the bucket sends no notifications",
            but(|world| world.put_bucket("my-inputs", Bucket::default())),
            &["EventBridge is off for my-inputs", "scalerctl connect-bucket my-inputs"],
        ),
        Case::new(
            "event-bridge-off",
            "the bucket notifies another function",
            notifying(NotificationKind::Function, OTHER, "", ""),
            &["no notification is sent to the function"],
        ),
        Case::new(
            "pattern-cannot-match",
            "another prefix in the notification",
            notifying(NotificationKind::Function, FUNCTION, "uploads/", ""),
            &["sends notifications for others: uploads (prefix \"uploads/\", suffix \"\")"],
        ),
        Case::new(
            "pattern-cannot-match",
            "a wildcard in the route",
            with_prefix("async/*/in/"),
            &["the route's prefix is \"async/*/in/\"", "InputPrefix"],
        ),
        Case::new(
            "pattern-cannot-match",
            "a whole URL in the route",
            with_prefix("s3://my-inputs/async/"),
            &["the route's prefix is \"s3://my-inputs/async/\""],
        ),
    ]
}

/// Results next to the inputs, in another bucket, or with another suffix are not a finding.
#[tokio::test]
async fn results_next_to_the_inputs_are_not_a_finding() {
    for (path, found) in [
        ("s3://my-inputs/async/in", &["results-among-inputs"][..]),
        ("s3://my-inputs/async/input/", &[]),
        ("s3://my-inputs/async/out/", &[]),
        ("s3://my-inputs", &[]),
        ("s3://my-outputs/async/in/", &[]),
    ] {
        let run = doctor(&results_to(path), &[]).await;
        assert_eq!(run.findings(), found, "{path}: {}", run.text);
    }
    // For a route without a bucket, doctor does not know which buckets send events.
    let sim = results_to("s3://my-inputs/async/in/");
    let anywhere = r#"[{"endpoint":"my-endpoint"}]"#;
    sim.with(|world| world.put_function(routed(anywhere)));
    doctor(&sim, &[]).await.assert_finds(&[]);
    // Results end in `.out`, which a route with another suffix does not match.
    let sim = but(|world| {
        world.endpoint_mut(ENDPOINT).output_path = "s3://my-inputs/async/in/results/".into();
    });
    doctor(&sim, &[]).await.assert_finds(&[]);
}

/// Notifications that can match the route are not a finding. doctor does not read the consumers of a queue.
#[tokio::test]
async fn notifications_that_can_match_are_not_a_finding() {
    for (kind, target, prefix, suffix, found) in [
        (NotificationKind::Function, FUNCTION, "", "", &[][..]),
        (NotificationKind::Function, FUNCTION, "async/in/", ".json", &[]),
        (NotificationKind::Function, FUNCTION, "async/in/a/", "x.json", &[]),
        (NotificationKind::Function, FUNCTION, "async/", "", &[]),
        (NotificationKind::Queue, UPLOADS, "async/in/", "", &[]),
        (NotificationKind::Topic, "arn:aws:sns:eu-central-1:123456789012:uploads", "", "", &[]),
        (NotificationKind::Function, FUNCTION, "async/in/", ".jsonl", &["pattern-cannot-match"]),
        (NotificationKind::Queue, UPLOADS, "async/out/", "", &["pattern-cannot-match"]),
    ] {
        let run = doctor(&notifying(kind, target, prefix, suffix), &[]).await;
        assert_eq!(run.findings(), found, "{kind:?} {prefix} {suffix}: {}", run.text);
    }
}

/// A notification about deletions does not include uploads.
#[tokio::test]
async fn a_notification_of_other_events_cannot_match() {
    let sim = with_notification(BucketNotification {
        id: "deletions".into(),
        kind: NotificationKind::Function,
        target: FUNCTION.into(),
        events: vec!["s3:ObjectRemoved:*".into()],
        prefix: String::new(),
        suffix: String::new(),
    });
    doctor(&sim, &[]).await.assert_finds(&["pattern-cannot-match"]);
}
