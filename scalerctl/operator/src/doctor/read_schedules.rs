//! Reads which schedules send ticks to the function, and how often something invokes it.

use jiff::{SignedDuration, Timestamp};

use super::{Account, Coverage, Facts, FunctionLookup};
use crate::account::{
    Function,
    function_schedule::{FunctionSchedule, ScheduleProblem},
    metrics::MetricQuery,
    routes::Routes,
};

/// The number of minutes in which invocations are counted.
pub const INVOKED_OF: usize = 15;

/// CloudWatch has the invocations of a minute after this time.
const METRIC_LAG: SignedDuration = SignedDuration::from_mins(3);

impl Facts {
    /// Reads the rules of EventBridge only if no schedule of EventBridge Scheduler, which the template creates, is
    /// enough, and the metric only if no rule is.
    pub(super) async fn read_schedules(&mut self, account: &Account) {
        let Some(function) = self.function().map(Function::unqualified_arn) else { return };
        let (scheduler, bus) = (&account.scheduler, &account.event_bridge);
        let now = self.now;
        let schedules = scheduler
            .ticks(&function, now, async |it| self.problem_of(account, &function, it).await)
            .await;
        let schedules = self.known(schedules);
        if schedules.iter().flatten().any(FunctionSchedule::is_enough) {
            self.schedules = schedules;
            return;
        }
        let rules =
            bus.ticks(&function, async |it| self.problem_of(account, &function, it).await).await;
        let rules = self.known(rules);
        self.schedules = match (schedules, rules) {
            (Some(schedules), Some(rules)) => Some([schedules, rules].concat()),
            (None, rules) => rules.filter(|all| all.iter().any(FunctionSchedule::is_enough)),
            (Some(_), None) => None,
        };
        let is_unclear = |all: &Vec<FunctionSchedule>| !all.iter().any(FunctionSchedule::is_enough);
        if self.schedules.as_ref().is_some_and(is_unclear) {
            self.read_invocations(account, &function).await;
        }
    }

    /// Why a tick of the schedule does nothing for the endpoint. An alias can be gone, and a version has settings of
    /// its own.
    async fn problem_of(
        &mut self,
        account: &Account,
        function: &str,
        schedule: &FunctionSchedule,
    ) -> Option<ScheduleProblem> {
        let target = match &schedule.qualifier {
            Some(qualifier) => format!("{function}:{qualifier}"),
            None => function.to_owned(),
        };
        if self.function().is_none_or(|examined| examined.arn == target) {
            return None;
        }
        let found = match account.lambda.function(&target).await {
            Err(error) if error.is("ResourceNotFoundException") => {
                let why = format!("its target {target} does not exist");
                return Some(ScheduleProblem::OtherTarget(why));
            }
            found => self.known(found)?,
        };
        let routes = Routes::of(&found);
        let lookup = FunctionLookup::Here { function: Box::new(found), routes, others: Vec::new() };
        let endpoint = &self.endpoint.name;
        let is_other = lookup.coverage(endpoint) == Coverage::Unmanaged
            && self.coverage() != Coverage::Unmanaged;
        let why =
            || format!("its target {target} has other settings and does not manage {endpoint}");
        is_other.then(|| ScheduleProblem::OtherTarget(why()))
    }

    async fn read_invocations(&mut self, account: &Account, function: &str) {
        let name = function.rsplit(':').next().unwrap_or(function);
        let dimensions = vec![("FunctionName", name)];
        let (namespace, stat) = ("AWS/Lambda", "Sum");
        let invocations = MetricQuery { namespace, name: "Invocations", stat, dimensions };
        let until = (self.now - METRIC_LAG).as_second().div_euclid(60) * 60;
        let Ok(until) = Timestamp::from_second(until) else { return };
        let minutes = i64::try_from(INVOKED_OF).unwrap_or_default();
        let range = (until - SignedDuration::from_mins(minutes), until);
        let read = account.metrics.read(&[invocations], 60, range).await;
        let points = self.known(read).map(|all| all.into_iter().flatten());
        self.invoked = points.map(|points| points.filter(|point| point.value > 0.0).count());
    }
}
