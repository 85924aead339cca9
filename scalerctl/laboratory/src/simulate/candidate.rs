//! The policies to compare.

use std::time::Duration;

use reactive_scaler::{config::Route, port::VariantId};
use simulator::{
    AdjustmentType, AlarmAction, AlarmSpec, Comparison, MetricName, PolicyKind, Refusal, Statistic,
    StepAdjustment, StepScaling, TargetTracking, TreatMissing, World,
};

use super::{
    candidate_id::CandidateId,
    distribution::exact,
    endpoint::{ENDPOINT, VARIANT},
    habits::{HABITS, Habit},
    own::user_policies::{MetricSeries, UserPolicies},
    policy_finding::PolicyFinding,
    results_metric,
};

/// Name of the backstop alarm of the template, which notifies the function once.
pub const BACKSTOP: &str = "backstop: waiting without an instance";

/// How uploads invoke the function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uploads {
    /// One event for each upload.
    OneByOne,
    /// In batches of a queue.
    Batched {
        /// `MaximumBatchingWindowInSeconds`.
        window: Duration,
        /// `BatchSize`.
        most: usize,
    },
}

/// `ResultsIdleMinutes`, the default of the template.
const RESULTS_IDLE_MINUTES: i64 = 1;

/// `BatchSize` of the template's queue.
const BATCH: usize = 10_000;

/// One way to scale the endpoint.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Its name.
    pub id: CandidateId,
    /// What it consists of.
    pub name: String,
    /// `MinCapacity`, and the instances at the start.
    pub min: i32,
    /// Policies of Application Auto Scaling by name.
    policies: Vec<(String, PolicyKind)>,
    /// Alarms besides those that target tracking creates.
    alarms: Vec<AlarmSpec>,
    /// What is wrong with the files of the user.
    pub findings: Vec<PolicyFinding>,
    /// What was passed over in the files of the user.
    pub notes: Vec<String>,
    /// Values of metrics that the simulation does not play itself.
    pub values: Vec<MetricSeries>,
    /// The route of the function, if it is deployed.
    pub route: Option<Route>,
    /// How uploads invoke it.
    pub uploads: Uploads,
    /// The idle window of another service. SageMaker has none, so nobody can deploy this.
    pub idle_window: Option<Duration>,
    /// Somebody puts the metric of [`results_metric`].
    pub has_results_metric: bool,
    /// Where its numbers come from, if it is not of AWS and not of the user.
    pub source: Option<&'static str>,
}

/// Parameters of the template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deployment {
    /// `IdleMinutes`.
    pub idle_minutes: u32,
    /// `JobMinutes`.
    pub job_minutes: u32,
    /// `WakeCapacity`.
    pub wake_to: u32,
    /// `InputsPerInstance`.
    pub inputs_per_instance: Option<u32>,
    /// `BufferSeconds`.
    pub buffer_seconds: u32,
}

impl Candidate {
    fn new(id: CandidateId, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            min: 0,
            policies: Vec::new(),
            alarms: Vec::new(),
            findings: Vec::new(),
            notes: Vec::new(),
            values: Vec::new(),
            route: None,
            uploads: Uploads::OneByOne,
            idle_window: None,
            has_results_metric: false,
            source: None,
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

    /// Whether its policies are all that scales the endpoint.
    pub fn is_alone(&self) -> bool {
        let is_whole = !self.findings.iter().any(|finding| finding.is_gap);
        !self.is_ours() && self.is_deployable() && is_whole
    }

    /// Whether it is the function.
    pub fn is_ours(&self) -> bool {
        self.route.is_some()
    }

    /// Whether it can be deployed on SageMaker.
    pub fn is_deployable(&self) -> bool {
        self.idle_window.is_none()
    }

    /// Its name and what it consists of, for a heading.
    pub fn title(&self) -> String {
        format!("{}: {}", self.id, self.name)
    }

    /// Creates its policies and alarms on the registered target.
    ///
    /// # Errors
    ///
    /// If AWS would reject one.
    pub fn set_up(&self, world: &mut World, id: &VariantId) -> Result<(), Refusal> {
        for (name, policy) in &self.policies {
            world.put_scaling_policy(id, name, policy.clone())?;
        }
        self.alarms.iter().try_for_each(|alarm| world.put_alarm(alarm.clone()))
    }
}

/// The seven that every comparison has, and with `inputs_per_instance` two more.
pub fn built_in(deployment: Deployment) -> Vec<Candidate> {
    let plain = Deployment { inputs_per_instance: None, ..deployment };
    let deployed = |id, name: &str, deployment: Deployment| {
        Candidate::new(id, name)
            .with_policy("reactive-scaler-backlog-per-instance", per_instance(5.0, 300, 300))
            .with_function(route(deployment))
    };
    let mut all = vec![
        Candidate::new(CandidateId::BacklogPerInstance, "target tracking, backlog per instance 1")
            .with_policy("backlog-per-instance", per_instance(1.0, 60, 60)),
        Candidate::new(CandidateId::HasBacklog, "target tracking, has-backlog 0.5").with_policy(
            "has-backlog",
            TargetTracking::new(
                0.5,
                MetricName::HasBacklogWithoutCapacity,
                ENDPOINT,
                Statistic::Maximum,
            ),
        ),
        documented_pair(),
        Candidate { min: 1, ..Candidate::new(CandidateId::AlwaysOn, "always one instance") },
        deployed(CandidateId::ReactiveScaler, "as the template deploys it", plain),
        Candidate {
            route: Some(route_with_results(plain)),
            ..deployed(CandidateId::ReactiveScalerWithResults, "with results connected", plain)
        },
        Candidate::new(
            CandidateId::ReactiveScalerWithTargetTracking,
            "with target tracking, backlog per instance 1",
        )
        .with_policy("backlog-per-instance", per_instance(1.0, 60, 60))
        .with_function(route(plain)),
    ];
    if let Some(each) = deployment.inputs_per_instance {
        let name = format!("{each} inputs per instance, an event for each upload");
        all.push(deployed(CandidateId::ReactiveScalerPerInput, &name, deployment));
        let seconds = deployment.buffer_seconds;
        let name = format!("{each} inputs per instance, a queue batches uploads for {seconds} s");
        let buffered = deployed(CandidateId::ReactiveScalerBatched, &name, deployment);
        let window = Duration::from_secs(deployment.buffer_seconds.into());
        all.push(Candidate { uploads: Uploads::Batched { window, most: BATCH }, ..buffered });
    }
    all
}

/// Those that only `--policy` selects: more rows would make the table unreadable.
pub fn on_request() -> Vec<Candidate> {
    [results_metric()].into_iter().chain(HABITS.iter().map(with_habit)).collect()
}

/// See [`results_metric`].
fn results_metric() -> Candidate {
    let mut candidate =
        Candidate::new(CandidateId::ResultsMetric, "step scaling, in on a metric of results")
            .with_policy(LEAVE_ZERO, leave_zero())
            .with_policy(results_metric::SCALE_IN, results_metric::scale_in());
    let leaves_zero =
        AlarmSpec { treat_missing: TreatMissing::NotBreaching, ..two_datapoints_waiting() };
    let idle = AlarmSpec {
        alarm_actions: vec![triggers(results_metric::SCALE_IN)],
        ..results_metric::idle_alarm()
    };
    candidate.alarms.extend([leaves_zero, idle]);
    Candidate {
        has_results_metric: true,
        source: Some("https://github.com/EVERYTHING-studios/infra-aws"),
        ..candidate
    }
}

/// See [`super::habits`].
fn with_habit(habit: &Habit) -> Candidate {
    let Habit { id, service, window, kind, source } = *habit;
    let window_text = exact(window);
    let name = format!("if SageMaker had an idle window of {window_text}, as {service} {kind}");
    Candidate {
        idle_window: Some(window),
        source: Some(source),
        ..Candidate::new(id, &name).with_policy("backlog-per-instance", per_instance(5.0, 300, 300))
    }
}

/// The policies and alarms of the user.
pub fn own(own: UserPolicies) -> Candidate {
    let names: Vec<&str> = own.policies.iter().map(|(name, _)| name.as_str()).collect();
    let name = format!("your policies: {}", names.join(", "));
    Candidate {
        policies: own.policies,
        alarms: own.alarms,
        findings: own.findings,
        notes: own.notes,
        values: own.values,
        ..Candidate::new(CandidateId::Own, &name)
    }
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

/// The policies of "Autoscale an asynchronous endpoint" in the SageMaker AI Developer Guide: target
/// tracking with these values, and step scaling to scale out from zero.
pub fn documented_pair() -> Candidate {
    let mut pair =
        Candidate::new(CandidateId::AwsDocumentedPair, "target tracking and step scaling")
            .with_policy("backlog-per-instance", per_instance(5.0, 300, 600))
            .with_policy(LEAVE_ZERO, leave_zero());
    pair.alarms.push(two_datapoints_waiting());
    pair
}

/// Name of the policy that scales out from zero.
const LEAVE_ZERO: &str = "leave-zero";

/// One instance more.
fn leave_zero() -> StepScaling {
    let steps = vec![StepAdjustment::new(Some(0.0), None, 1)];
    StepScaling::new(AdjustmentType::ChangeInCapacity, steps)
}

/// Its alarm, with 2 of 2 datapoints.
fn two_datapoints_waiting() -> AlarmSpec {
    AlarmSpec {
        evaluation_periods: 2,
        datapoints_to_alarm: Some(2),
        alarm_actions: vec![triggers(LEAVE_ZERO)],
        ..waiting("has-backlog-without-capacity")
    }
}

fn triggers(policy: &str) -> AlarmAction {
    AlarmAction::Policy { id: VariantId::new(ENDPOINT, VARIANT), policy: policy.to_owned() }
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
        job_minutes: i64::from(deployment.job_minutes),
        inputs_per_instance: deployment.inputs_per_instance,
        ..Route::named(ENDPOINT)
    }
}

/// The same with `ResultsRoleArns`. Then `ResultsIdleMinutes` counts, here with its default.
fn route_with_results(deployment: Deployment) -> Route {
    Route { results: true, idle_minutes: RESULTS_IDLE_MINUTES, ..route(deployment) }
}
