//! `scalerctl connect-bucket`: EventBridge for a bucket.

pub mod args;

use std::collections::BTreeSet;

use args::ConnectBucketArgs;
use scalerctl_console::{Failure, progress::Progress, runtime::block_on};
use scalerctl_operator::account::{CallError, call_error::CallResult};

use crate::{
    calls::notifications::{Notifications, count, notifies, with_event_bridge},
    carry_out::carry_out,
    change::{Change, Item, Part},
    change_output::finish,
    change_report::Printed,
    clients::Clients,
    write::Write,
};

/// `scalerctl connect-bucket`.
///
/// # Errors
///
/// [`Failure::NoAccess`] if AWS cannot be reached or rejects a call.
pub fn run(arguments: &ConnectBucketArgs) -> Result<(), Failure> {
    let (region, changes) = block_on(changes(arguments))?;
    let dry_run = arguments.dry_run;
    let printed =
        Printed { command: "connect-bucket", region: &region, dry_run, changes: &changes };
    finish(&printed, arguments.format)
}

async fn changes(arguments: &ConnectBucketArgs) -> Result<(String, Vec<Change>), Failure> {
    let no_access = |error: CallError| Failure::NoAccess(error.with_advice());
    let progress = Progress::start();
    progress.step("S3: the buckets' notifications");
    let clients = Clients::open(&arguments.account, &[], None).await?;
    let notifications = clients.notifications().await.map_err(no_access)?;
    let mut changes = Vec::new();
    // Each once: otherwise the second plan would be from before the first write.
    let mut seen = BTreeSet::new();
    for bucket in arguments.buckets.iter().filter(|it| seen.insert(*it)) {
        changes.push(plan(&notifications, bucket).await.map_err(no_access)?);
    }
    // All are read before the first is written: what was written is always reported.
    for change in changes.iter_mut().filter(|_| !arguments.dry_run) {
        carry_out(&clients, change).await;
    }
    Ok((clients.region, changes))
}

/// The change of one bucket.
///
/// # Errors
///
/// If its notifications cannot be read.
pub async fn plan(notifications: &Notifications, bucket: &str) -> CallResult<Change> {
    plan_for(notifications, bucket, &[]).await
}

/// The same. A bucket that notifies the function or its queue needs no EventBridge: `ours` as in [`notifies`].
///
/// # Errors
///
/// If its notifications cannot be read.
pub async fn plan_for(
    notifications: &Notifications,
    bucket: &str,
    ours: &[String],
) -> CallResult<Change> {
    let present = notifications.read(bucket).await?;
    let others = match count(&present) {
        0 => String::new(),
        1 => ", and 1 other notification".to_owned(),
        count => format!(", and {count} other notifications"),
    };
    let text = format!("to EventBridge{others}");
    let item = match with_event_bridge(&present) {
        None => Item::kept(Part::Events, text),
        Some(_) if notifies(&present, ours) => {
            Item::kept(Part::Events, "the bucket notifies the function without EventBridge")
        }
        Some(new) => {
            let configuration = Box::new(new);
            let write = Write::Notify { bucket: bucket.to_owned(), configuration };
            Item::change(Part::Events, text, vec![write])
        }
    };
    Ok(Change::planned(bucket, None, vec![item]))
}
