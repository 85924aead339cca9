//! Everything that is read, in order. A read that is refused is a finding, not the end.

use std::time::Duration;

use jiff::Timestamp;
use reactive_scaler::{
    config::Route,
    port::{ScalableTarget, ScheduledAction, VariantId},
};

use super::Account;
use crate::{
    Failure,
    account::{
        Function, Refusal,
        alarms::Alarm,
        closest::suggestion,
        figures::Figure,
        progress::Progress,
        refusal::Asked,
        routes::Routes,
        s3::BucketEvents,
        sagemaker::Endpoint,
        scaling::{Activity, Policy},
    },
    cli::DoctorArgs,
};

/// What is examined.
#[derive(Debug)]
pub struct Facts {
    /// When it was read.
    pub now: Timestamp,
    /// The endpoint.
    pub endpoint: Endpoint,
    /// Where results go.
    pub output_paths: Vec<String>,
    /// The variants that have instances.
    pub variants: Vec<VariantFacts>,
    /// The alarms of all policies.
    pub alarms: Vec<Alarm>,
    /// The function.
    pub deployed: Deployed,
    /// What the route's bucket tells.
    pub bucket: Option<BucketEvents>,
    /// `Errors` of the function over the last day.
    pub function_errors: f64,
    /// The queue of dead letters, and how many lie there.
    pub dead_letters: Option<(String, f64)>,
    /// How long a request may live, as the person says.
    pub request_ttl: Option<Duration>,
    /// What could not be read.
    pub refusals: Vec<Refusal>,
}

/// What is known of one variant.
#[derive(Debug)]
pub struct VariantFacts {
    /// Which one.
    pub id: VariantId,
    /// `DesiredInstanceCount`.
    pub desired: Option<i32>,
    /// Its scalable target; `None` within: not registered. `None`: not known.
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

/// What is known of the function.
#[derive(Debug)]
pub enum Deployed {
    /// It could not be looked for.
    NotSeen,
    /// None covers the endpoint; functions whose routes are stored elsewhere, by ARN.
    None(Vec<String>),
    /// It was found, or named.
    Here {
        /// Its configuration.
        function: Box<Function>,
        /// What its settings say of its routes.
        routes: Routes,
    },
}

impl Facts {
    /// Reads.
    ///
    /// # Errors
    ///
    /// [`Failure::NoAccess`] where the endpoint, or a function that was named, cannot be read.
    pub async fn gather(
        account: &Account,
        arguments: &DoctorArgs,
        progress: &Progress,
    ) -> Result<Self, Failure> {
        progress.asks("SageMaker: the endpoint");
        let endpoint = endpoint(account, &arguments.endpoint).await?;
        let mut refusals = Vec::new();
        progress.asks("Lambda: the function");
        let deployed = deployed(account, arguments, &mut refusals).await?;
        let now = Timestamp::now();
        let mut facts = Self {
            now,
            output_paths: Vec::new(),
            variants: Vec::new(),
            alarms: Vec::new(),
            deployed,
            bucket: None,
            function_errors: 0.0,
            dead_letters: None,
            request_ttl: arguments.request_ttl.map(Duration::from_secs),
            refusals,
            endpoint,
        };
        if facts.endpoint.asynchronous {
            progress.asks("SageMaker: where results go");
            let paths = account.sagemaker.output_paths(&facts.endpoint.config).await;
            facts.output_paths = facts.known(paths).unwrap_or_default();
            progress.asks("Application Auto Scaling: targets, policies, activities");
            facts.read_variants(account).await;
            progress.asks("CloudWatch: alarms");
            facts.read_alarms(account).await;
        }
        progress.asks("S3 and CloudWatch: uploads, errors, dead letters");
        facts.read_deployment(account).await;
        Ok(facts)
    }

    /// The function, where one is known.
    pub fn function(&self) -> Option<&Function> {
        match &self.deployed {
            Deployed::Here { function, .. } => Some(function),
            Deployed::NotSeen | Deployed::None(_) => None,
        }
    }

    /// The endpoint's route, where it is seen.
    pub fn route(&self) -> Option<&Route> {
        match &self.deployed {
            Deployed::Here { routes, .. } => routes.covering(&self.endpoint.name),
            Deployed::NotSeen | Deployed::None(_) => None,
        }
    }

    /// What was read, or a note of what was refused.
    fn known<T>(&mut self, asked: Asked<T>) -> Option<T> {
        match asked {
            Ok(known) => Some(known),
            Err(refusal) => {
                // One missing permission is one finding.
                if !self.refusals.contains(&refusal) {
                    self.refusals.push(refusal);
                }
                None
            }
        }
    }

    async fn read_variants(&mut self, account: &Account) {
        let scaled = self.endpoint.variants.iter().filter(|it| !it.serverless && !it.managed);
        let scaled: Vec<(VariantId, Option<i32>)> =
            scaled.map(|it| (VariantId::new(&self.endpoint.name, &it.name), it.desired)).collect();
        if scaled.is_empty() {
            return;
        }
        let ids: Vec<VariantId> = scaled.iter().map(|(id, _)| id.clone()).collect();
        let targets = account.scaling.targets(&ids).await;
        let targets = self.known(targets);
        for (id, desired) in scaled {
            let target = targets.as_ref().map(|all| all.iter().find(|it| it.id == id).cloned());
            let policies = account.scaling.policies(&id).await;
            let policies = self.known(policies);
            let actions = account.scaling.actions(&id).await;
            let actions = self.known(actions);
            let activities = account.scaling.activities(&id).await;
            let activities = self.known(activities).unwrap_or_default();
            let dimensions =
                [("EndpointName", id.endpoint.as_str()), ("VariantName", id.variant.as_str())];
            let expired = Figure {
                namespace: "AWS/SageMaker",
                name: "ExpiredRequests",
                dimensions: &dimensions,
            };
            let expired = account.figures.total(expired, self.now).await;
            let expired = self.known(expired).unwrap_or_default();
            self.variants.push(VariantFacts {
                id,
                desired,
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
        let known = self.known(alarms);
        match known {
            Some(alarms) => self.alarms = alarms,
            // Alarms that cannot be read are not missing.
            None => {
                let policies = self.variants.iter_mut().filter_map(|it| it.policies.as_mut());
                policies.flatten().for_each(|policy| policy.alarms.clear());
                self.variants.iter_mut().for_each(|it| it.policies = None);
            }
        }
    }

    async fn read_deployment(&mut self, account: &Account) {
        let Some(arn) = self.function().map(|function| function.arn.clone()) else { return };
        if let Some(bucket) = self.route().and_then(|route| route.bucket.clone()) {
            let told = account.s3.bucket_events(&bucket).await;
            self.bucket = self.known(told);
        }
        let name = arn.split(':').nth(6).unwrap_or(&arn);
        let dimensions = [("FunctionName", name)];
        let errors = Figure { namespace: "AWS/Lambda", name: "Errors", dimensions: &dimensions };
        let errors = account.figures.total(errors, self.now).await;
        self.function_errors = self.known(errors).unwrap_or_default();
        let destination = account.lambda.on_failure(&arn).await;
        let Some(queue) = self.known(destination).flatten() else { return };
        let Some(name) = queue.contains(":sqs:").then(|| queue.rsplit(':').next()).flatten() else {
            return;
        };
        let dimensions = [("QueueName", name)];
        let lying = Figure {
            namespace: "AWS/SQS",
            name: "ApproximateNumberOfMessagesVisible",
            dimensions: &dimensions,
        };
        let lying = account.figures.latest(lying, self.now).await;
        let lying = self.known(lying).unwrap_or_default();
        self.dead_letters = Some((name.to_owned(), lying));
    }
}

/// The first call shows whether AWS can be asked at all, and whether there is such an endpoint.
async fn endpoint(account: &Account, name: &str) -> Result<Endpoint, Failure> {
    let refusal = match account.sagemaker.endpoint(name).await {
        Ok(endpoint) => return Ok(endpoint),
        Err(refusal) => refusal,
    };
    if !refusal.to_string().contains("Could not find endpoint") {
        return Err(Failure::NoAccess(format!("{refusal} (what to do: {})", refusal.advice())));
    }
    // Without the permission to list, the name alone is told.
    let names = account.sagemaker.names(None).await.unwrap_or_default();
    let like = suggestion(name, names.iter().map(String::as_str));
    Err(Failure::NoAccess(format!(
        "{refusal}{like} (what to do: correct the name, or the region with --region)"
    )))
}

async fn deployed(
    account: &Account,
    arguments: &DoctorArgs,
    refusals: &mut Vec<Refusal>,
) -> Result<Deployed, Failure> {
    let arn = match &arguments.function {
        Some(named) => named.clone(),
        None => match account.lambda.with_routes().await {
            Ok(functions) => match find(&functions, &arguments.endpoint) {
                Ok(arn) => arn,
                Err(stored) => return Ok(Deployed::None(stored)),
            },
            Err(refusal) => {
                refusals.push(refusal);
                return Ok(Deployed::NotSeen);
            }
        },
    };
    match account.lambda.function(&arn).await {
        Ok(function) => {
            let routes = Routes::of(&function);
            Ok(Deployed::Here { function: Box::new(function), routes })
        }
        Err(refusal) if arguments.function.is_some() => {
            Err(Failure::NoAccess(format!("{refusal} (what to do: {})", refusal.advice())))
        }
        Err(refusal) => {
            refusals.push(refusal);
            Ok(Deployed::NotSeen)
        }
    }
}

/// The function that covers the endpoint, or those whose routes are stored elsewhere.
fn find(functions: &[(String, String)], endpoint: &str) -> Result<String, Vec<String>> {
    let mut stored = Vec::new();
    for (arn, routes) in functions {
        match Routes::read(routes) {
            here @ Routes::Here(_) if here.covering(endpoint).is_some() => return Ok(arn.clone()),
            Routes::Stored(_) => stored.push(arn.clone()),
            Routes::Here(_) | Routes::Unusable(_) => {}
        }
    }
    Err(stored)
}
