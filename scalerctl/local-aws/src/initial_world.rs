//! What exists when `scalerctl aws` starts: endpoints, buckets, topics, and the function with its schedule.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use reactive_scaler::{
    config::{Route, Selector},
    port::VariantId,
};
use serde_json::json;
use simulator::{
    Bucket, BucketNotification, InvocationSchedule, LambdaFunction, NotificationKind, Settings,
    Simulator, Subscription, VariantState, World,
};

/// The function's name.
pub const FUNCTION: &str = "reactive-scaler";

/// The bucket of results.
pub const OUTPUTS: &str = "my-outputs";

/// `MaxCapacity` of each scalable target.
pub const MAX: i32 = 4;

/// The retention of the log in days: the default of the template.
const LOG_DAYS: u32 = 30;

/// The variant of a route without a variant.
const VARIANT: &str = "AllTraffic";

/// What exists at the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// Endpoints with their variants, at zero instances and registered.
    pub variants: BTreeSet<(String, String)>,
    /// Buckets.
    pub buckets: BTreeSet<String>,
    /// The ARNs of topics of results.
    pub topics: BTreeSet<String>,
    /// The function's name, if it runs.
    pub function: Option<String>,
    /// The variants at this moment. Empty if all of them are at zero and registered.
    pub now: BTreeMap<(String, String), VariantNow>,
    /// When its past begins, if it has one.
    pub past_from: Option<Timestamp>,
    /// When its state was written, if it comes from a file.
    pub state_of: Option<Timestamp>,
}

/// A variant at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VariantNow {
    /// Desired instances.
    pub desired: i32,
    /// `MinCapacity` and `MaxCapacity`, if it is registered.
    pub bounds: Option<(i32, i32)>,
}

impl Contents {
    /// What a world has.
    pub fn of(world: &World) -> Self {
        let mut contents = Self {
            buckets: world.bucket_names().cloned().collect(),
            topics: world.topics().cloned().collect(),
            function: world.function(FUNCTION).map(|it| it.name.clone()),
            ..Self::default()
        };
        for endpoint in world.all_endpoints() {
            let names = endpoint.variants.iter().map(|it| (endpoint.name.clone(), it.name.clone()));
            contents.variants.extend(names);
        }
        contents.read_variants_in(world);
        contents
    }

    /// Reads the variants.
    pub fn read_variants(&mut self, sim: &Simulator) {
        sim.with(|world| self.read_variants_in(world));
    }

    fn read_variants_in(&mut self, world: &World) {
        let read = |(endpoint, variant): &(String, String)| {
            let id = VariantId::new(endpoint, variant);
            let (_, desired) = world.capacity(&id);
            let bounds = world.target(&id).map(|target| (target.min, target.max));
            ((endpoint.clone(), variant.clone()), VariantNow { desired, bounds })
        };
        self.now = self.variants.iter().map(read).collect();
    }
}

/// The variants of the routes that name an endpoint.
pub fn variants(routes: &[Route]) -> impl Iterator<Item = VariantId> {
    let named = routes.iter().filter(|route| route.selector == Selector::Named);
    named.map(|route| VariantId::new(&route.endpoint, route.variant.as_deref().unwrap_or(VARIANT)))
}

/// A world with what the routes name. `variables` are those of the function. Without them, there is no function.
pub fn initial_world(
    start: Timestamp,
    settings: Settings,
    routes: &[Route],
    variables: Option<BTreeMap<String, String>>,
) -> (Simulator, Contents) {
    let sim = Simulator::with_settings(start, settings);
    let mut contents = Contents {
        variants: variants(routes).map(|id| (id.endpoint, id.variant)).collect(),
        buckets: routes.iter().filter_map(|route| route.bucket.clone()).collect(),
        topics: BTreeSet::new(),
        function: variables.is_some().then(|| FUNCTION.to_owned()),
        ..Contents::default()
    };
    sim.with(|world| {
        add_endpoints(world, &contents);
        if let Some(variables) = variables {
            add_function(world, start, variables);
            contents.topics = connect_results(world, routes);
        }
        for bucket in &contents.buckets {
            allow(world, "s3.amazonaws.com", &format!("arn:aws:s3:::{bucket}"));
            let notifications = match contents.function {
                Some(_) => vec![notification(world, routes, bucket)],
                None => Vec::new(),
            };
            world.put_bucket(bucket, Bucket { created: start, event_bridge: false, notifications });
        }
        // The location of the results of endpoints that have no configuration.
        world.put_bucket(OUTPUTS, Bucket { created: start, ..Bucket::default() });
        contents.buckets.insert(OUTPUTS.into());
    });
    (sim, contents)
}

fn add_endpoints(world: &mut World, contents: &Contents) {
    let names: BTreeSet<&String> = contents.variants.iter().map(|(name, _)| name).collect();
    for endpoint in names {
        let variants = contents.variants.iter().filter(|(name, _)| name == endpoint);
        let variants = variants.map(|(_, variant)| VariantState::new(variant, 0)).collect();
        world.add_endpoint(endpoint, variants, true);
    }
    for (endpoint, variant) in &contents.variants {
        world.register_target(&VariantId::new(endpoint, variant), 0, MAX);
    }
}

/// The function and its tick, as in the template: the schedule invokes the alias, whose events are not retried.
fn add_function(world: &mut World, start: Timestamp, variables: BTreeMap<String, String>) {
    let mut function = LambdaFunction::new(FUNCTION, variables);
    function.modified = start;
    function.description =
        "Wakes SageMaker async endpoints from zero instances and scales them in to zero.".into();
    let mut for_ticks = function.invoke_config("tick");
    (for_ticks.retries, for_ticks.max_age, for_ticks.modified) = (0, 60, start);
    function.invoke_configs.insert("tick".into(), for_ticks);
    world.keep_log(&function.log_group(), LOG_DAYS);
    world.put_function(function);
    let alias = format!("{}:tick", world.function_arn(FUNCTION));
    world.put_invocation_schedule(InvocationSchedule::tick(format!("{FUNCTION}-tick"), alias));
}

/// Lets a service invoke the function for one of its resources, as the template does.
pub fn allow(world: &mut World, principal: &str, source: &str) {
    let resource = world.function_arn(FUNCTION);
    let Some(mut function) = world.function(FUNCTION).cloned() else { return };
    let statement = json!({
        "Sid": format!("trigger-{}", function.permissions.len()),
        "Effect": "Allow",
        "Principal": { "Service": principal },
        "Action": "lambda:InvokeFunction",
        "Resource": resource,
        "Condition": { "ArnLike": { "AWS:SourceArn": source } },
    });
    function.permissions.push(("$LATEST".into(), statement));
    world.put_function(function);
}

/// The topics of endpoints whose routes have `results`, with the function as subscriber.
fn connect_results(world: &mut World, routes: &[Route]) -> BTreeSet<String> {
    let mut topics = BTreeSet::new();
    for route in routes.iter().filter(|it| it.results && it.selector == Selector::Named) {
        let [success, error] = ["success", "error"].map(|kind| {
            let function = world.function_arn(FUNCTION);
            let topic = function.replace(":lambda:", ":sns:");
            let (account, _) = topic.split_once(":function:").unwrap_or((&topic, ""));
            let topic = format!("{account}:{}-{kind}", route.endpoint);
            world.put_topic(&topic, vec![Subscription::new("lambda", function)]);
            allow(world, "sns.amazonaws.com", &topic);
            topic
        });
        let endpoint = world.endpoint_mut(&route.endpoint);
        endpoint.topics.success = Some(success.clone());
        endpoint.topics.error = Some(error.clone());
        topics.extend([success, error]);
    }
    topics
}

/// The notification of the function, as the template configures a bucket of the stack. S3 refuses notifications whose
/// prefixes overlap, so a bucket of several routes has one for all keys: the function filters them.
fn notification(world: &World, routes: &[Route], bucket: &str) -> BucketNotification {
    let mut of_bucket = routes.iter().filter(|route| route.bucket.as_deref() == Some(bucket));
    let (first, others) = (of_bucket.next(), of_bucket.next());
    let only = first.filter(|route| others.is_none() && !route.prefix.contains('{'));
    let only = only.map(|route| (route.prefix.clone(), route.suffix.clone()));
    let (prefix, suffix) = only.unwrap_or_default();
    BucketNotification {
        id: FUNCTION.into(),
        kind: NotificationKind::Function,
        target: world.function_arn(FUNCTION),
        events: vec!["s3:ObjectCreated:*".into()],
        prefix,
        suffix,
    }
}
