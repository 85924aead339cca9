//! Listings and descriptions of alarms, endpoints, functions and buckets.

use simulator::{
    AlarmFilter, AlarmSpec, Bucket, CallError, CallResult, Comparison, LambdaFunction, Listing,
    MetricName, Operation, Paging, SortBy, World,
};

use crate::setup::*;

fn code<T: std::fmt::Debug>(result: CallResult<T>) -> String {
    match result {
        Err(CallError::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    }
}

fn with_alarms() -> World {
    let mut world = endpoint_at(0);
    for name in ["a-1", "a-2", "b-1"] {
        let (metric, more) = (MetricName::BacklogSize, Comparison::Greater);
        world.put_alarm(AlarmSpec::new(name, metric, ENDPOINT, more, 1.0)).unwrap();
    }
    world
}

fn alarms(world: &mut World, names: Option<&[&str]>, prefix: Option<&str>) -> Vec<String> {
    let names = names.map(|names| names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
    let prefix = prefix.map(str::to_owned);
    let filter = AlarmFilter { names, prefix, ..AlarmFilter::default() };
    let page = world.describe_alarms(&filter, &Paging::default()).unwrap();
    page.items.into_iter().map(|alarm| alarm.spec.name).collect()
}

#[test]
fn alarms_are_described_by_name_by_prefix_or_all() {
    let mut world = with_alarms();
    assert_eq!(alarms(&mut world, None, None), ["a-1", "a-2", "b-1"]);
    assert_eq!(alarms(&mut world, Some(&["b-1", "none"]), None), ["b-1"]);
    assert_eq!(alarms(&mut world, None, Some("a-")), ["a-1", "a-2"]);
    let (names, prefix) = (Some(vec!["a-1".into()]), Some("a-".into()));
    let filter = AlarmFilter { names, prefix, ..AlarmFilter::default() };
    let both = world.describe_alarms(&filter, &Paging::default());
    assert_eq!(code(both), "ValidationException");
}

#[test]
fn alarms_go_on_from_page_to_page() {
    let mut world = with_alarms();
    let paging = Paging { max_results: Some(2), next_token: None };
    let first = world.describe_alarms(&AlarmFilter::default(), &paging).unwrap();
    assert_eq!(first.items.len(), 2);
    let paging = Paging { next_token: first.next_token, ..paging };
    let rest = world.describe_alarms(&AlarmFilter::default(), &paging).unwrap();
    assert_eq!((rest.items.len(), rest.next_token), (1, None));
}

fn by_name() -> Listing {
    Listing { sort_by: SortBy::Name, ascending: true, ..Listing::default() }
}

#[test]
fn endpoints_are_listed_by_a_part_of_their_names() {
    let mut world = endpoint_at(0);
    for name in ["whisper-large", "whisper-small"] {
        world.add_async_endpoint(name, "AllTraffic", 0);
    }
    let mut listed = |part: &str| {
        let listing = Listing { name_contains: part.into(), ..by_name() };
        let page = world.list_endpoints(&listing).unwrap();
        page.items.into_iter().map(|endpoint| endpoint.name).collect::<Vec<_>>()
    };
    assert_eq!(listed("whisper"), ["whisper-large", "whisper-small"]);
    assert_eq!(listed("small"), ["whisper-small"]);
    assert_eq!(listed("").len(), 3);
    assert_eq!(listed("llama"), Vec::<String>::new());
}

#[test]
fn a_configuration_has_the_location_of_results() {
    let mut world = endpoint_at(0);
    world.endpoint_mut(ENDPOINT).output_path = "s3://results/here/".into();
    let config = format!("{ENDPOINT}-config");
    let answer = world.describe_endpoint_config(&config).unwrap();
    assert_eq!(answer.output_path(), Some("s3://results/here/"));
    for other in [ENDPOINT, "none-config", "-config"] {
        assert_eq!(code(world.describe_endpoint_config(other)), "ValidationException", "{other}");
    }
}

#[test]
fn a_function_is_found_by_name_and_by_arn() {
    let mut world = endpoint_at(0);
    let mut function = LambdaFunction::new("my-scaler", [("SCALER_MODE", "act")]);
    world.put_function(function.clone());
    let arn = world.function_arn("my-scaler");
    for name in ["my-scaler", arn.as_str()] {
        assert_eq!(world.get_function_configuration(name).unwrap(), function);
        // The function has no such configuration yet.
        let refused = world.get_function_event_invoke_config(name);
        assert_eq!(code(refused), "ResourceNotFoundException");
    }
    let failures = "arn:aws:sqs:eu-central-1:123456789012:failures";
    function = function.with_on_failure(failures);
    world.put_function(function.clone());
    let config = world.get_function_event_invoke_config("my-scaler").unwrap();
    assert_eq!((config.on_failure.as_deref(), config.retries), (Some(failures), 2));
    assert_eq!(code(world.get_function_configuration("other")), "ResourceNotFoundException");
    let page = world.list_functions(&Paging::default()).unwrap();
    assert_eq!((page.items, page.next_token), (vec![function], None));
}

#[test]
fn a_bucket_has_its_notifications() {
    let mut world = endpoint_at(0);
    let bucket = Bucket { event_bridge: true, ..Bucket::default() };
    world.put_bucket("my-inputs", bucket.clone());
    assert_eq!(world.get_bucket_notification_configuration("my-inputs").unwrap(), bucket);
    assert_eq!(code(world.get_bucket_notification_configuration("none")), "NoSuchBucket");
}

#[test]
fn none_of_them_writes() {
    for operation in [
        Operation::DescribeAlarms,
        Operation::DescribeEndpointConfig,
        Operation::ListEndpoints,
        Operation::ListTags,
        Operation::ListFunctions,
        Operation::GetFunctionConfiguration,
        Operation::GetFunctionEventInvokeConfig,
        Operation::GetBucketNotificationConfiguration,
    ] {
        assert!(!operation.is_write(), "{operation:?}");
    }
}
