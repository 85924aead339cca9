//! Reads everything from AWS, in order. If a read fails, the result has a finding for it, and doctor continues.

use std::time::Duration;

use jiff::Timestamp;
use reactive_scaler::{
    config::Route,
    port::{FailureKind, ScalableTarget, ScheduledAction, VariantId},
};

use super::{Account, Coverage, FunctionLookup, log_facts::LogFacts, result_facts::ResultFacts};
use crate::{
    account::{
        CallError, Function,
        alarms::Alarm,
        auto_scaling::{Activity, Policy},
        call_error::CallResult,
        cli_commands,
        endpoint_names::closest,
        function_schedule::FunctionSchedule,
        metrics::MetricQuery,
        s3::BucketEvents,
        sagemaker::{Endpoint, EndpointConfig},
    },
    doctor::args::DoctorArgs,
};
use scalerctl_console::{Failure, progress::Progress, suggested::Suggested};

/// The data that the checks use.
#[derive(Debug)]
pub struct Facts {
    /// When it was read.
    pub now: Timestamp,
    /// The endpoint.
    pub endpoint: Endpoint,
    /// Its configuration.
    pub config: ConfigLookup,
    /// The variants that have instances.
    pub variants: Vec<VariantFacts>,
    /// The alarms of all policies; `None`: not known.
    pub alarms: Option<Vec<Alarm>>,
    /// The function.
    pub deployed: FunctionLookup,
    /// The event notifications of the route's bucket.
    pub bucket: Option<BucketEvents>,
    /// The schedules that send ticks to the function; `None`: not known.
    pub schedules: Option<Vec<FunctionSchedule>>,
    /// In how many of [`INVOKED_OF`](super::read_schedules::INVOKED_OF) minutes something invoked the function. `None`:
    /// not read, or not known.
    pub invoked: Option<usize>,
    /// What the function decided, and how late the backlog metric is.
    pub log: LogFacts,
    /// Uploads, results, and how long a request takes.
    pub results: ResultFacts,
    /// `Errors` of the function over the last day.
    pub function_errors: f64,
    /// The queue for events that failed, and the number of its messages.
    pub dead_letters: Option<(String, f64)>,
    /// The time to live of requests (`--request-ttl`).
    pub request_ttl: Option<Duration>,
    /// What could not be read.
    pub call_errors: Vec<CallError>,
}

/// The result of reading the endpoint configuration.
#[derive(Debug)]
pub enum ConfigLookup {
    /// It was not read, or the read failed.
    NotRead,
    /// It does not exist.
    Missing,
    /// It was found.
    Found(EndpointConfig),
}

/// The data of one variant.
#[derive(Debug)]
pub struct VariantFacts {
    /// The variant.
    pub id: VariantId,
    /// `DesiredInstanceCount`.
    pub desired: Option<i32>,
    /// `CurrentInstanceCount`.
    pub current: Option<i32>,
    /// Its scalable target. `None`: not known. `Some(None)`: not registered.
    pub target: Option<Option<ScalableTarget>>,
    /// Its policies; `None`: not known.
    pub policies: Option<Vec<Policy>>,
    /// Its scheduled actions; `None`: not known.
    pub actions: Option<Vec<ScheduledAction>>,
    /// Its newest activities, the latest first.
    pub activities: Vec<Activity>,
    /// `ExpiredRequests` over the last day.
    pub expired: f64,
}

impl Facts {
    /// Reads everything.
    ///
    /// # Errors
    ///
    /// [`Failure::NoAccess`] if the endpoint, or a function that the user named, cannot be read.
    pub async fn read(
        account: &Account,
        name: &str,
        arguments: &DoctorArgs,
        progress: &Progress,
    ) -> Result<Self, Failure> {
        progress.step("SageMaker: the endpoint");
        let endpoint = endpoint(account, name).await?;
        let mut call_errors = Vec::new();
        progress.step("Lambda: the function");
        let deployed = FunctionLookup::find(account, name, &mut call_errors).await?;
        let now = arguments.now.unwrap_or_else(Timestamp::now);
        let mut facts = Self {
            now,
            config: ConfigLookup::NotRead,
            variants: Vec::new(),
            alarms: None,
            deployed,
            bucket: None,
            schedules: None,
            invoked: None,
            log: LogFacts::default(),
            results: ResultFacts::default(),
            function_errors: 0.0,
            dead_letters: None,
            request_ttl: arguments.request_ttl.map(Duration::from_secs),
            call_errors,
            endpoint,
        };
        if facts.endpoint.asynchronous {
            progress.step("SageMaker: the endpoint configuration");
            facts.config = match account.sagemaker.config(&facts.endpoint.config).await {
                Err(error) if error.kind() == FailureKind::EndpointConfigMissing => {
                    ConfigLookup::Missing
                }
                config => facts.known(config).map_or(ConfigLookup::NotRead, ConfigLookup::Found),
            };
            progress.step("Application Auto Scaling: targets, policies, activities");
            facts.read_variants(account).await;
            progress.step("CloudWatch: alarms");
            facts.read_alarms(account).await;
        }
        progress.step("S3 and CloudWatch: uploads, errors, dead letters");
        facts.read_deployment(account).await;
        progress.step("EventBridge: the function's schedule");
        facts.read_schedules(account).await;
        progress.step("CloudWatch: the function's log, and the newest datapoint");
        facts.read_log(account).await;
        progress.step("SageMaker, SNS, and DynamoDB: how long requests take, and their results");
        facts.read_results(account).await;
        Ok(facts)
    }

    /// The function, if one is known.
    pub fn function(&self) -> Option<&Function> {
        match &self.deployed {
            FunctionLookup::Here { function, .. } => Some(function),
            FunctionLookup::NotSeen | FunctionLookup::None { .. } => None,
        }
    }

    /// Whether a function manages the endpoint.
    pub fn coverage(&self) -> Coverage {
        self.deployed.coverage(&self.endpoint.name)
    }

    /// Why no function manages the endpoint.
    pub fn unmanaged(&self) -> String {
        match self.function() {
            None => "no function covers the endpoint".to_owned(),
            Some(function) => format!("the function {} does not manage it", function.arn),
        }
    }

    /// The command that deploys the function for the endpoint; `None` if a function is known.
    pub fn deployment(&self) -> Option<Suggested> {
        let name = &self.endpoint.name;
        let command = || {
            let deploy = format!("deploy --guided --parameter-overrides EndpointName={name}");
            Suggested::shell(format!("sam build && {}", Suggested::sam(deploy)))
        };
        self.function().is_none().then(command)
    }

    /// The command that sets parameters of the function's stack; `None` if no function is known.
    pub fn set_parameters(&self, parameters: &str) -> Option<Suggested> {
        let function = self.function()?;
        Some(cli_commands::set_parameters(&function.arn, parameters))
    }

    /// The command that shows a parameter of the function's stack; `None` if no function is known.
    pub fn show_parameter(&self, parameter: &str) -> Option<Suggested> {
        let function = self.function()?;
        Some(cli_commands::show_parameter(&function.arn, parameter))
    }

    /// The alarms. Empty if they are not known.
    pub fn alarms(&self) -> &[Alarm] {
        self.alarms.as_deref().unwrap_or_default()
    }

    /// The endpoint's route, if it is known.
    pub fn route(&self) -> Option<&Route> {
        match &self.deployed {
            FunctionLookup::Here { routes, .. } => routes.covering(&self.endpoint.name),
            FunctionLookup::NotSeen | FunctionLookup::None { .. } => None,
        }
    }

    /// The value, or `None` with an entry in `call_errors`.
    pub(super) fn known<T>(&mut self, result: CallResult<T>) -> Option<T> {
        match result {
            Ok(known) => Some(known),
            Err(error) => {
                // Several calls can fail for the same missing permission. They have one finding.
                if !self.call_errors.contains(&error) {
                    self.call_errors.push(error);
                }
                None
            }
        }
    }

    async fn read_variants(&mut self, account: &Account) {
        let scaled = self.endpoint.variants.iter().filter(|it| !it.serverless && !it.managed);
        let scaled: Vec<(VariantId, Option<i32>, Option<i32>)> = scaled
            .map(|it| (VariantId::new(&self.endpoint.name, &it.name), it.desired, it.current))
            .collect();
        if scaled.is_empty() {
            return;
        }
        let ids: Vec<VariantId> = scaled.iter().map(|(id, ..)| id.clone()).collect();
        let targets = account.scaling.targets(&ids).await;
        let targets = self.known(targets);
        for (id, desired, current) in scaled {
            let target = targets.as_ref().map(|all| all.iter().find(|it| it.id == id).cloned());
            let policies = account.scaling.policies(&id).await;
            let policies = self.known(policies);
            let actions = account.scaling.actions(&id).await;
            let actions = self.known(actions);
            let activities = account.scaling.activities(&id).await;
            let activities = self.known(activities).unwrap_or_default();
            let dimensions = vec![("EndpointName", &*id.endpoint), ("VariantName", &*id.variant)];
            let expired = MetricQuery {
                namespace: "AWS/SageMaker",
                name: "ExpiredRequests",
                stat: "Sum",
                dimensions,
            };
            let expired = account.metrics.last_day(expired, self.now).await;
            let expired = self.known(expired).unwrap_or_default().iter().sum();
            self.variants.push(VariantFacts {
                id,
                desired,
                current,
                target,
                policies,
                actions,
                activities,
                expired,
            });
        }
    }

    async fn read_alarms(&mut self, account: &Account) {
        let policies = self.variants.iter().filter_map(|it| it.policies.as_ref()).flatten();
        let names: Vec<String> = policies.flat_map(|it| it.alarms.clone()).collect();
        let alarms = account.alarms.named(&names).await;
        self.alarms = self.known(alarms);
    }

    async fn read_deployment(&mut self, account: &Account) {
        let Some(arn) = self.function().map(|function| function.arn.clone()) else { return };
        if let Some(bucket) = self.route().and_then(|route| route.bucket.clone()) {
            let events = account.s3.bucket_events(&bucket).await;
            self.bucket = self.known(events);
        }
        let name = arn.split(':').nth(6).unwrap_or(&arn);
        let dimensions = vec![("FunctionName", name)];
        let errors =
            MetricQuery { namespace: "AWS/Lambda", name: "Errors", stat: "Sum", dimensions };
        let errors = account.metrics.last_day(errors, self.now).await;
        self.function_errors = self.known(errors).unwrap_or_default().iter().sum();
        let destination = account.lambda.on_failure(&arn).await;
        let Some(queue) = self.known(destination).flatten() else { return };
        let Some(name) = queue.contains(":sqs:").then(|| queue.rsplit(':').next()).flatten() else {
            return;
        };
        let messages = MetricQuery {
            namespace: "AWS/SQS",
            name: "ApproximateNumberOfMessagesVisible",
            stat: "Maximum",
            dimensions: vec![("QueueName", name)],
        };
        let messages = account.metrics.last_day(messages, self.now).await;
        let messages = self.known(messages).unwrap_or_default().last().copied().unwrap_or_default();
        self.dead_letters = Some((name.to_owned(), messages));
    }
}

/// Reads the endpoint. This is the first call, so its error shows whether AWS can be reached.
async fn endpoint(account: &Account, name: &str) -> Result<Endpoint, Failure> {
    let error = match account.sagemaker.endpoint(name).await {
        Ok(endpoint) => return Ok(endpoint),
        Err(error) => error,
    };
    let region = &account.region;
    if error.kind() != FailureKind::EndpointMissing {
        return Err(Failure::NoAccess(format!("in {region}: {}", error.with_advice())));
    }
    // Without the permission for ListEndpoints, the message has no suggestions.
    let names = account.sagemaker.names(None).await.unwrap_or_default();
    let suggestion = match closest(name, &names).as_slice() {
        [] => String::new(),
        some => format!("; did you mean {}?", some.join(", ")),
    };
    Err(Failure::Usage(format!(
        "sagemaker:DescribeEndpoint on {name} failed: there is no such endpoint in {region}{suggestion} \
         (what to do: correct the name, or set its region with --region)"
    )))
}
