//! What `scalerctl aws` prints: what exists, and then one line for each call and each decision.

use jiff::Timestamp;
use reactive_scaler::config::Route;
use scalerctl_console::{
    loopback::LOCAL_REGION,
    style::{BAD, DIM, HEADING, paint},
};
use serde_json::{Value, json};
use simulator::{Call, Entry, Outcome, World};

use crate::{
    fault::Fault,
    initial_world::{Contents, MAX, OUTPUTS, VariantNow},
};

/// The most endpoints that are printed at the start.
const MOST_SHOWN: usize = 20;

/// What is printed at the start.
#[derive(Debug)]
pub struct Started<'a> {
    /// The address.
    pub url: &'a str,
    /// Simulated seconds per second.
    pub speed: u32,
    /// The value of `--routes`.
    pub routes_text: &'a str,
    /// The routes. Empty if they are stored.
    pub routes: &'a [Route],
    /// What exists.
    pub contents: &'a Contents,
    /// The faults from the start.
    pub faults: &'a [Fault],
    /// When the part of the past begins that is there already. `None`: the past is complete, or there is none.
    pub complete_from: Option<Timestamp>,
}

impl Started<'_> {
    /// As text.
    pub fn text(&self) -> String {
        let Self { url, speed, contents, .. } = self;
        let heading = |text: &str| paint(HEADING, text);
        let mut text = format!(
            "The simulated AWS is at {url}, for programs on this machine only (loopback).\n\
             To see what happens in it, open {url}/ in a browser.\n\n\
             {}\n\
             export AWS_ENDPOINT_URL={url}\n\
             export AWS_REGION={LOCAL_REGION} AWS_DEFAULT_REGION={LOCAL_REGION}\n\
             export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local\n",
            heading("Settings for the AWS CLI and SDKs")
        );
        if contents.function.is_none() {
            text += &format!("export SCALER_ROUTES='{}'\n", self.routes_text);
        }
        text += &format!("\n{}\n", heading("What exists"));
        for id in contents.variants.iter().take(MOST_SHOWN) {
            let (endpoint, variant) = id;
            let now = contents.now.get(id).copied();
            let now = now.unwrap_or(VariantNow { desired: 0, bounds: Some((0, MAX)) });
            let instances = match now.desired {
                1 => "1 instance".to_owned(),
                many => format!("{many} instances"),
            };
            let registered = match now.bounds {
                Some((min, max)) => format!("registered with {min} to {max}"),
                None => "not registered".to_owned(),
            };
            text +=
                &format!("  endpoint  {endpoint}, variant {variant}: {instances}, {registered}\n");
        }
        if let Some(more) = contents.variants.len().checked_sub(MOST_SHOWN).filter(|it| *it > 0) {
            text += &format!("  endpoint  and {more} more\n");
        }
        for bucket in &contents.buckets {
            let invokes = match contents.function {
                _ if bucket == OUTPUTS => ": results of requests",
                Some(_) => ": uploads invoke the function",
                None => "",
            };
            text += &format!("  bucket    {bucket}{invokes}\n");
        }
        for topic in &contents.topics {
            text += &format!("  topic     {topic}\n");
        }
        if let Some(name) = &contents.function {
            text += &format!(
                "  function  {name}: invoked each minute by the schedule {name}-tick, log group /aws/lambda/{name}\n"
            );
        }
        for fault in self.faults {
            text += &format!("  fault     {}: {}\n", fault.name(), fault.description());
        }
        if let Some(at) = contents.state_of {
            let at = at.strftime("%Y-%m-%d %H:%M");
            text += &format!("  state     of {at} UTC, from the file of --state\n");
        }
        if let Some(from) = contents.past_from {
            let time = |at: Timestamp| at.strftime("%Y-%m-%d %H:%M UTC").to_string();
            text += &format!("  past      from {}", time(from));
            if let Some(complete_from) = self.complete_from {
                text += &format!("; the days before {} follow", time(complete_from));
            }
            text.push('\n');
        }
        if *speed > 1 {
            text +=
                &format!("\nThe clock of the simulated AWS runs {speed} times as fast as yours.\n");
        }
        let commands = self.commands();
        if !commands.is_empty() {
            text += &format!("\n{}\n", heading("To try it, in another terminal"));
            for command in commands {
                text += &format!("  {command}\n");
            }
        }
        text + &format!("\n{}\n", heading("Calls and decisions (simulated time, UTC)"))
    }

    /// Commands that show the past.
    fn commands_of_past(&self, endpoint: &str) -> Vec<String> {
        let Some(from) = self.contents.past_from else { return Vec::new() };
        let hours = Timestamp::now().duration_since(from).as_hours().max(1);
        let since = if hours % 24 == 0 { format!("{}d", hours / 24) } else { format!("{hours}h") };
        vec![
            "scalerctl status --local".to_owned(),
            format!("scalerctl report --local --since {since}"),
            format!("scalerctl plot {endpoint} --local --since {since}"),
        ]
    }

    /// Commands that upload an input and make a request.
    fn commands(&self) -> Vec<String> {
        let Some((endpoint, _)) = self.contents.variants.first() else { return Vec::new() };
        let route = self.routes.iter().find(|route| route.endpoint == *endpoint);
        let Some((route, bucket)) = route.and_then(|it| Some((it, it.bucket.as_ref()?))) else {
            return Vec::new();
        };
        let location = format!("s3://{bucket}/{}input{}", route.prefix, route.suffix);
        let mut commands = vec![
            format!("echo '{{}}' | aws s3 cp - {location}"),
            format!(
                "aws sagemaker-runtime invoke-endpoint-async --endpoint-name {endpoint} --input-location {location}"
            ),
        ];
        commands.extend(self.commands_of_past(endpoint));
        commands
    }

    /// As a JSON object.
    pub fn json(&self) -> Value {
        let endpoints = self.contents.variants.iter();
        let endpoints =
            endpoints.map(|(name, variant)| json!({ "name": name, "variant": variant }));
        json!({
            "event": "started",
            "url": self.url,
            "page": format!("{}/", self.url),
            "region": LOCAL_REGION,
            "speed": self.speed,
            "endpoints": endpoints.collect::<Vec<_>>(),
            "buckets": self.contents.buckets,
            "topics": self.contents.topics,
            "function": self.contents.function,
            "faults": self.faults.iter().map(|it| it.name()).collect::<Vec<_>>(),
            "past_from": self.contents.past_from,
            "past_complete_from": self.complete_from.or(self.contents.past_from),
            "state_of": self.contents.state_of,
        })
    }
}

/// What has been printed of a world.
#[derive(Debug, Default)]
pub struct Printed {
    entries: usize,
    refused: usize,
    logged: usize,
}

/// One thing that happened, and when.
#[derive(Debug, Clone)]
pub enum Happened {
    /// A call.
    Call(Call),
    /// A request that did not become a call.
    Refused { service: String, operation: String, code: String, message: String },
    /// A line in the function's log: a decision or an error.
    Logged(Value),
}

impl Printed {
    /// Everything that has happened until now.
    pub fn until_now(world: &World, log_group: Option<&str>) -> Self {
        Self {
            entries: world.journal.entries().len(),
            refused: world.journal.refused_requests().len(),
            logged: log_group.map_or(0, |group| world.logged(group).len()),
        }
    }

    /// Everything but the newest calls and log lines, this many of each.
    pub fn newest(world: &World, log_group: Option<&str>, most: usize) -> Self {
        let Self { entries, refused, logged } = Self::until_now(world, log_group);
        let before = |all: usize| all.saturating_sub(most);
        Self { entries: before(entries), refused: before(refused), logged: before(logged) }
    }

    /// What happened since the last look, oldest first.
    pub fn new_in(&mut self, world: &World, log_group: Option<&str>) -> Vec<(Timestamp, Happened)> {
        let mut new = Vec::new();
        let entries = world.journal.entries();
        for entry in entries.get(self.entries..).unwrap_or_default() {
            if let Entry::Call(call) = entry {
                new.push((call.at, Happened::Call(call.clone())));
            }
        }
        self.entries = entries.len();
        let refused = world.journal.refused_requests();
        for it in refused.get(self.refused..).unwrap_or_default() {
            let (service, operation) = (it.service.clone(), it.operation.clone());
            let (code, message) = (it.code.clone(), it.message.clone());
            new.push((it.at, Happened::Refused { service, operation, code, message }));
        }
        self.refused = refused.len();
        let logged = log_group.map(|group| world.logged(group)).unwrap_or_default();
        for event in logged.get(self.logged..).unwrap_or_default() {
            let line: Value = serde_json::from_str(&event.message).unwrap_or_default();
            if line["message"] == "decision" || line["level"] == "ERROR" || line["level"] == "WARN"
            {
                new.push((event.at, Happened::Logged(line)));
            }
        }
        self.logged = logged.len();
        new.sort_by_key(|(at, _)| *at);
        new
    }
}

/// As one line of text.
pub fn line(at: Timestamp, happened: &Happened) -> String {
    let time = paint(DIM, &at.strftime("%H:%M:%S").to_string());
    match happened {
        Happened::Call(call) => {
            let shown = [call.operation.as_str(), &call.resource, &call.arguments];
            let shown: Vec<_> = shown.into_iter().filter(|it| !it.is_empty()).collect();
            let outcome = match &call.outcome {
                Outcome::Ok => "ok".to_owned(),
                Outcome::Refused(code) => paint(BAD, code),
                Outcome::NoAnswer { .. } => paint(BAD, "no answer"),
            };
            format!("{time} {}: {outcome}", shown.join(" "))
        }
        Happened::Refused { service, operation, code, message } => {
            let shown = [service.as_str(), operation.as_str()];
            let shown: Vec<_> = shown.into_iter().filter(|it| !it.is_empty()).collect();
            format!("{time} {}: {}: {message}", shown.join(" "), paint(BAD, code))
        }
        Happened::Logged(it) if it["message"] == "decision" => {
            let text = |name: &str| it[name].as_str().unwrap_or_default();
            let number = |name: &str| it[name].as_i64();
            let change = match (number("from"), number("to")) {
                (Some(from), Some(to)) if from != to => format!(", {from} to {to} instances"),
                _ => String::new(),
            };
            let decision = format!("{} ({})", text("action"), text("reason"));
            format!(
                "{time} the function, {} of {}: {}{change}",
                text("signal"),
                text("endpoint"),
                paint(HEADING, &decision)
            )
        }
        Happened::Logged(it) => {
            let message = it["fields"]["message"].as_str().unwrap_or_default();
            format!("{time} the function: {}", paint(BAD, message))
        }
    }
}

/// The line that says that the past is complete.
pub fn past_is_complete(at: Timestamp, from: Timestamp, is_json: bool) -> String {
    match is_json {
        true => format!("{}\n", json!({ "event": "past_complete", "at": at, "from": from })),
        false => format!(
            "{} the past is complete, from {}\n",
            paint(DIM, &at.strftime("%H:%M:%S").to_string()),
            from.strftime("%Y-%m-%d %H:%M UTC")
        ),
    }
}

/// As a JSON object.
pub fn json_of(at: Timestamp, happened: &Happened) -> Value {
    match happened {
        Happened::Call(call) => {
            let outcome = match &call.outcome {
                Outcome::Ok => "ok",
                Outcome::Refused(code) => code,
                Outcome::NoAnswer { .. } => "no answer",
            };
            json!({
                "event": "call",
                "at": at,
                "service": call.operation.service().iam_prefix(),
                "operation": call.operation.as_str(),
                "resource": call.resource,
                "arguments": call.arguments,
                "outcome": outcome,
            })
        }
        Happened::Refused { service, operation, code, message } => json!({
            "event": "refused",
            "at": at,
            "service": service,
            "operation": operation,
            "outcome": code,
            "message": message,
        }),
        Happened::Logged(line) if line["message"] == "decision" => {
            json!({ "event": "decision", "at": at, "decision": line })
        }
        Happened::Logged(line) => json!({ "event": "log", "at": at, "line": line }),
    }
}
