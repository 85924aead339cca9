//! The policies that are compared.

use std::time::Duration;

use reactive_scaler::{config::Route, port::VariantId};
use simulator::{
    AdjustmentType, AlarmAction, AlarmSpec, Comparison, MetricName, PolicyKind, Refusal, Statistic,
    StepAdjustment, StepScaling, TargetTracking, TreatMissing, World,
};

use super::{
    endpoint::{ENDPOINT, VARIANT},
    own::Own,
};

/// The stack's backstop alarm, which tells the function once.
pub const BACKSTOP: &str = "backstop: waiting without an instance";

/// How the function is told of uploads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uploads {
    /// By an event each.
    OneByOne,
    /// In batches that a queue collects.
    Buffered {
        /// `MaximumBatchingWindowInSeconds`.
        window: Duration,
        /// `BatchSize`.
        most: usize,
    },
}

/// `BatchSize` of the template's queue.
const BATCH: usize = 10_000;

/// One way to scale the endpoint.
#[derive(Debug, Clone, PartialEq)]
pub struct Contender {
    /// How it is asked for, for example `a`.
    pub key: String,
    /// What it is, in a few words.
    pub name: String,
    /// `MinCapacity`, and the instances at the begin.
    pub min: i32,
    /// Policies of Application Auto Scaling by name.
    policies: Vec<(String, PolicyKind)>,
    /// Alarms beyond those that target tracking makes.
    alarms: Vec<AlarmSpec>,
    /// The function's route, where it is deployed.
    pub route: Option<Route>,
    /// How it is told of uploads.
    pub uploads: Uploads,
}

/// What the function is deployed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deployment {
    /// `IdleMinutes`.
    pub idle_minutes: u32,
    /// `WakeCapacity`.
    pub wake_to: u32,
    /// `InputsPerInstance`.
    pub inputs_per_instance: Option<u32>,
    /// `BufferSeconds`.
    pub buffer_seconds: u32,
}

impl Contender {
    fn new(key: &str, name: &str) -> Self {
        Self {
            key: key.to_owned(),
            name: name.to_owned(),
            min: 0,
            policies: Vec::new(),
            alarms: Vec::new(),
            route: None,
            uploads: Uploads::OneByOne,
        }
    }

    fn with_policy(mut self, name: &str, policy: impl Into<PolicyKind>) -> Self {
        self.policies.push((name.to_owned(), policy.into()));
        self
    }

    fn with_function(mut self, route: Route) -> Self {
        self.route = Some(route);
        self.alarms.push(backstop());
        self
    }

    /// Puts policies and alarms on the registered target.
    ///
    /// # Errors
    ///
    /// As AWS refuses them.
    pub fn set_up(&self, world: &mut World, id: &VariantId) -> Result<(), Refusal> {
        for (name, policy) in &self.policies {
            world.put_scaling_policy(id, name, policy.clone())?;
        }
        self.alarms.iter().try_for_each(|alarm| world.put_alarm(alarm.clone()))
    }
}

/// The six that are always at hand, and with `inputs_per_instance` two more.
pub fn built_in(deployment: Deployment) -> Vec<Contender> {
    let plain = Deployment { inputs_per_instance: None, ..deployment };
    let deployed = |key: &str, name: &str, deployment: Deployment| {
        Contender::new(key, name)
            .with_policy("reactive-scaler-backlog-per-instance", per_instance(5.0, 300, 300))
            .with_function(route(deployment))
    };
    let mut all = vec![
        Contender::new("a", "target tracking, backlog per instance 1")
            .with_policy("backlog-per-instance", per_instance(1.0, 60, 60)),
        Contender::new("b", "target tracking, has-backlog 0.5").with_policy(
            "has-backlog",
            TargetTracking::new(
                0.5,
                MetricName::HasBacklogWithoutCapacity,
                ENDPOINT,
                Statistic::Maximum,
            ),
        ),
        documented_pair(),
        Contender { min: 1, ..Contender::new("d", "always one instance") },
        deployed("e", "reactive-scaler, as deployed", plain),
        Contender::new("f", "reactive-scaler beside a")
            .with_policy("backlog-per-instance", per_instance(1.0, 60, 60))
            .with_function(route(plain)),
    ];
    if let Some(each) = deployment.inputs_per_instance {
        all.push(deployed("g", &format!("e, {each} inputs per instance"), deployment));
        let buffered = deployed(
            "h",
            &format!("g, a queue gathers uploads for {} s", deployment.buffer_seconds),
            deployment,
        );
        let window = Duration::from_secs(deployment.buffer_seconds.into());
        all.push(Contender { uploads: Uploads::Buffered { window, most: BATCH }, ..buffered });
    }
    all
}

/// The user's own.
pub fn own(own: Own) -> Contender {
    let names: Vec<&str> = own.policies.iter().map(|(name, _)| name.as_str()).collect();
    let name = format!("your own: {}", names.join(", "));
    Contender { policies: own.policies, alarms: own.alarms, ..Contender::new("own", &name) }
}

fn per_instance(target: f64, scale_out: u64, scale_in: u64) -> TargetTracking {
    TargetTracking {
        scale_out_cooldown: Duration::from_secs(scale_out),
        scale_in_cooldown: Duration::from_secs(scale_in),
        ..TargetTracking::new(
            target,
            MetricName::BacklogSizePerInstance,
            ENDPOINT,
            Statistic::Average,
        )
    }
}

/// What "Autoscale an asynchronous endpoint" in the SageMaker AI Developer Guide shows: target
/// tracking with these values, and step scaling to leave zero.
fn documented_pair() -> Contender {
    let leave_zero = "leave-zero";
    let steps = vec![StepAdjustment::new(Some(0.0), None, 1)];
    let mut pair = Contender::new("c", "AWS's documented pair")
        .with_policy("backlog-per-instance", per_instance(5.0, 300, 600))
        .with_policy(leave_zero, StepScaling::new(AdjustmentType::ChangeInCapacity, steps));
    pair.alarms.push(AlarmSpec {
        evaluation_periods: 2,
        datapoints_to_alarm: Some(2),
        alarm_actions: vec![AlarmAction::Policy {
            id: VariantId::new(ENDPOINT, VARIANT),
            policy: leave_zero.to_owned(),
        }],
        ..waiting("has-backlog-without-capacity")
    });
    pair
}

fn waiting(name: &str) -> AlarmSpec {
    let metric = MetricName::HasBacklogWithoutCapacity;
    AlarmSpec::new(name, metric, ENDPOINT, Comparison::GreaterOrEqual, 1.0)
}

/// `BacklogAlarm` of the template.
fn backstop() -> AlarmSpec {
    AlarmSpec {
        statistic: Statistic::Maximum,
        treat_missing: TreatMissing::NotBreaching,
        alarm_actions: vec![AlarmAction::Notify("signal-topic".to_owned())],
        ..waiting(BACKSTOP)
    }
}

/// `SCALER_ROUTES` of the deployment.
fn route(deployment: Deployment) -> Route {
    Route {
        wake_to: i32::try_from(deployment.wake_to).unwrap_or(i32::MAX),
        idle_minutes: i64::from(deployment.idle_minutes),
        inputs_per_instance: deployment.inputs_per_instance,
        ..Route::named(ENDPOINT)
    }
}
