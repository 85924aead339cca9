//! What deploy will do, from what was read. No I/O.

use std::path::PathBuf;

use scalerctl_operator::account::routes::Routes;

use super::{
    args::DeployArgs,
    facts::Facts,
    monthly_cost::{self, Cost},
    parameter::Parameter,
    proposal,
};
use crate::{
    preflight::{
        check::{Check, CheckId},
        checks,
    },
    stacks::Deployed,
};

/// The checks of preflight that a deployment cannot go on without. Capital letters are handled by a parameter; topics and
/// the quota can be corrected later.
const NEEDED: [CheckId; 5] =
    [CheckId::Endpoint, CheckId::Async, CheckId::Variant, CheckId::Registered, CheckId::Instances];

/// The plan.
#[derive(Debug)]
pub struct Plan {
    /// The stack's name.
    pub stack: String,
    /// Whether the stack exists. It keeps the parameters that are not named.
    pub exists: bool,
    /// The AWS Region.
    pub region: String,
    /// The template.
    pub template: PathBuf,
    /// The parameters.
    pub parameters: Vec<Parameter>,
    /// The buckets whose events go to EventBridge then.
    pub buckets: Vec<String>,
    /// The bucket that the stack creates.
    pub created_bucket: Option<String>,
    /// The endpoint that is registered then.
    pub endpoint: Option<String>,
    /// The function only observes, so nothing is registered.
    pub observes: bool,
    /// Problems of the endpoint that do not stop the deployment.
    pub warnings: Vec<Check>,
    /// What a new stack costs a month.
    pub costs: Vec<Cost>,
}

/// The plan, or why there is none, with what to do.
///
/// # Errors
///
/// If a rule refuses the deployment.
pub fn plan(arguments: &DeployArgs, facts: &Facts, template: PathBuf) -> Result<Plan, String> {
    let warnings = endpoint_problems(arguments, facts)?;
    let existing = facts.of_stack(&arguments.stack);
    let name = arguments.endpoint.as_ref().map(|endpoint| endpoint.name.clone());
    let parameters = match existing {
        Some(existing) => {
            serves(existing, arguments, name.as_deref())?;
            proposal::given(arguments)
        }
        None => {
            is_free(facts, name.as_deref())?;
            proposal::parameters(arguments, facts)?
        }
    };
    let value =
        |name: &str| parameters.iter().find(|it| it.name == name).map(|it| it.value.clone());
    let observes = arguments.observes(facts.observes);
    let is_notified = value("UploadTrigger").as_deref() == Some("Notification");
    let created_bucket = value("InputBucket").filter(|_| is_notified);
    let new_buckets = value("InputBucket").into_iter().filter(|it| !it.is_empty() && !is_notified);
    let mut buckets: Vec<String> = existing.map(Deployed::buckets).unwrap_or_default();
    buckets.extend(new_buckets);
    buckets.sort();
    buckets.dedup();
    let costs = match existing {
        Some(_) => Vec::new(),
        None => monthly_cost::items(1, value("Routing").is_some_and(|it| it != "Name")),
    };
    Ok(Plan {
        stack: arguments.stack.clone(),
        exists: existing.is_some(),
        region: facts.region.clone(),
        template,
        parameters,
        buckets,
        created_bucket,
        endpoint: name.filter(|_| !observes),
        observes,
        warnings,
        costs,
    })
}

/// The problems that do not stop the deployment.
///
/// # Errors
///
/// A problem that does.
fn endpoint_problems(arguments: &DeployArgs, facts: &Facts) -> Result<Vec<Check>, String> {
    let Some(named) = &arguments.endpoint else { return Ok(Vec::new()) };
    let checks = match &facts.endpoint {
        Some(found) => checks::all(found, arguments.max_capacity),
        None => checks::without_endpoint(&named.name, &facts.region),
    };
    let problems = checks.into_iter().filter(|check| check.problem.is_some());
    let was_read = facts.endpoint.as_ref().is_some_and(|endpoint| endpoint.target.is_ok());
    let is_owners_minimum = |check: &Check| check.id == CheckId::Registered && was_read;
    let problems = problems.filter(|check| !(is_owners_minimum(check) && arguments.allow_zero));
    // A function that only observes changes no minimum, so nothing is to be done about it.
    let observes = arguments.observes(facts.observes);
    let is_kept = |check: &Check| is_owners_minimum(check) && observes;
    let (needed, mut others): (Vec<Check>, Vec<Check>) =
        problems.partition(|check| NEEDED.contains(&check.id) && !is_kept(check));
    others.iter_mut().filter(|check| is_kept(check)).for_each(|check| check.problem = None);
    if needed.is_empty() {
        return Ok(others.into_iter().filter(|check| check.id != CheckId::Name).collect());
    }
    let shown = needed.iter().map(|check| {
        let advice = match is_owners_minimum(check) {
            true => Some("add --allow-zero, if the function may stop all instances".to_owned()),
            false => check.problem.as_ref().map(ToString::to_string),
        };
        let advice = advice.map(|advice| format!(" (what to do: {advice})"));
        format!("{}: {}{}", check.id.as_str(), check.text, advice.unwrap_or_default())
    });
    Err(shown.collect::<Vec<_>>().join("\n"))
}

/// Whether the stack covers the endpoint.
///
/// # Errors
///
/// If its routes do not.
fn serves(
    existing: &Deployed,
    arguments: &DeployArgs,
    endpoint: Option<&str>,
) -> Result<(), String> {
    let stack = &arguments.stack;
    let Some(endpoint) = endpoint.filter(|it| existing.covers(it) == Some(false)) else {
        return Ok(());
    };
    let others = match &existing.routes {
        Routes::Here(routes) => routes.iter().map(|route| route.endpoint.as_str()).collect(),
        Routes::Stored(_) | Routes::Unusable(_) => Vec::new(),
    };
    Err(format!(
        "the stack {stack} serves {}, and not {endpoint} (what to do: deploy a stack of its own with \
         --stack {stack}-{endpoint}, or add the endpoint to ExtraRoutes of {stack} with --set)",
        others.join(", ")
    ))
}

/// Whether no other stack covers the endpoint.
///
/// # Errors
///
/// If one does.
fn is_free(facts: &Facts, endpoint: Option<&str>) -> Result<(), String> {
    let Some(endpoint) = endpoint else { return Ok(()) };
    let covers = |it: &&Deployed| it.covers(endpoint) == Some(true);
    let Some(other) = facts.deployed.iter().find(covers) else { return Ok(()) };
    let what_to_do = match &other.stack {
        Some(stack) => format!("use --stack {stack}"),
        None => "remove that function first, or only register the endpoint".to_owned(),
    };
    Err(format!("{} covers {endpoint} already (what to do: {what_to_do})", other.function))
}
