//! Carries a planned change out.

use scalerctl_operator::account::call_error::CallResult;

use crate::{
    change::{Change, State},
    clients::Clients,
    write::Write,
};

/// Makes the writes in order. It ends at the first one that fails. A change that is refused writes nothing.
pub async fn carry_out(clients: &Clients, change: &mut Change) {
    if change.is_refused() {
        return;
    }
    for item in change.items.iter_mut().filter(|item| item.state == State::Planned) {
        if change.failure.is_some() {
            item.state = State::NotReached;
            continue;
        }
        item.state = State::Changed;
        for write in &item.writes {
            if let Err(error) = make(clients, write).await {
                item.state = State::Failed;
                change.failure = Some(error.with_advice());
                break;
            }
        }
    }
}

async fn make(clients: &Clients, write: &Write) -> CallResult<()> {
    match write {
        Write::Tag { arn, value } => clients.tags.set(arn, value).await,
        Write::Untag { arn } => clients.tags.remove(arn).await,
        Write::Connect { function, topic } => {
            clients.functions.admit(function, topic).await?;
            clients.subscriptions.add(topic, function).await
        }
        Write::Disconnect { function, topic, subscription } => {
            if let Some(subscription) = subscription {
                clients.subscriptions.remove(subscription).await?;
            }
            clients.functions.shut_out(function, topic).await
        }
        Write::PutBackstop { endpoint, topic } => clients.backstops.put(endpoint, topic).await,
        Write::DeleteBackstop { endpoint } => clients.backstops.delete_own(endpoint).await,
        Write::Register { id, min, max } => clients.targets.register(id, *min, *max).await,
        Write::Deregister { id } => clients.targets.deregister(id).await,
        Write::PutPolicy { id, per_instance } => {
            clients.targets.put_policy(id, *per_instance).await
        }
        Write::DeleteAction { id, name } => clients.targets.delete_action(id, name).await,
        Write::Stop { function } => clients.functions.stop(function).await,
        Write::Notify { bucket, configuration } => {
            clients.notifications().await?.write(bucket, configuration.as_ref().clone()).await
        }
    }
}
