//! Application Auto Scaling: scalable targets and scheduled actions of SageMaker variants.
//!
//! The code requests each page itself. The SDK's paginator needs a runtime feature that nothing else here
//! uses.

use aws_sdk_applicationautoscaling::types::{
    ScalableDimension, ScalableTarget as SdkTarget, ScalableTargetAction,
    ScheduledAction as SdkAction, ServiceNamespace,
};
use aws_smithy_types::DateTime;

use super::{clients::SdkAws, failure::failure, pages::Pages};
use crate::{
    lease::{AtRelease, Record, schedule},
    port::{
        AwsResult, FailureKind, ScalableTarget, Scaling, ScheduledAction, Suspended, VariantId,
    },
};

const NAMESPACE: ServiceNamespace = ServiceNamespace::Sagemaker;
const DIMENSION: ScalableDimension = ScalableDimension::SageMakerVariantDesiredInstanceCount;

impl SdkAws {
    async fn describe_targets(&self, id: Option<&VariantId>) -> AwsResult<Vec<ScalableTarget>> {
        let mut targets = Vec::new();
        let mut pages = Pages::default();
        loop {
            // A filter by dimension requires a resource id.
            let answer = self
                .scaling()
                .describe_scalable_targets()
                .service_namespace(NAMESPACE)
                .set_resource_ids(id.map(|id| vec![id.resource_id()]))
                .set_scalable_dimension(id.map(|_| DIMENSION))
                .set_next_token(pages.token())
                .send()
                .await
                .map_err(|error| failure("DescribeScalableTargets", name(id), error))?;
            targets.extend(answer.scalable_targets().iter().filter_map(target));
            if !pages.go_on(answer.next_token(), "DescribeScalableTargets", &name(id))? {
                return Ok(targets);
            }
        }
    }

    async fn describe_actions(&self, id: Option<&VariantId>) -> AwsResult<Vec<ScheduledAction>> {
        let mut actions = Vec::new();
        let mut pages = Pages::default();
        loop {
            let answer = self
                .scaling()
                .describe_scheduled_actions()
                .service_namespace(NAMESPACE)
                .set_resource_id(id.map(VariantId::resource_id))
                .set_scalable_dimension(id.map(|_| DIMENSION))
                .set_next_token(pages.token())
                .send()
                .await
                .map_err(|error| failure("DescribeScheduledActions", name(id), error))?;
            actions.extend(answer.scheduled_actions().iter().filter_map(action));
            if !pages.go_on(answer.next_token(), "DescribeScheduledActions", &name(id))? {
                return Ok(actions);
            }
        }
    }
}

impl Scaling for SdkAws {
    async fn target(&self, id: &VariantId) -> AwsResult<Option<ScalableTarget>> {
        Ok(self.describe_targets(Some(id)).await?.into_iter().find(|target| target.id == *id))
    }

    async fn targets(&self) -> AwsResult<Vec<ScalableTarget>> {
        self.describe_targets(None).await
    }

    async fn actions(&self, id: &VariantId) -> AwsResult<Vec<ScheduledAction>> {
        self.describe_actions(Some(id)).await
    }

    async fn all_actions(&self) -> AwsResult<Vec<ScheduledAction>> {
        self.describe_actions(None).await
    }

    async fn put_record(&self, id: &VariantId, name: &str, record: Record) -> AwsResult<()> {
        let change = ScalableTargetAction::builder();
        let change = match record.at_release {
            AtRelease::DropFloor => change.min_capacity(0),
            AtRelease::KeepMax(max) => change.max_capacity(max),
        };
        self.scaling()
            .put_scheduled_action()
            .service_namespace(NAMESPACE)
            .scalable_dimension(DIMENSION)
            .resource_id(id.resource_id())
            .scheduled_action_name(name)
            .schedule(schedule(record.release))
            // This is the default. It is set so that it is visible in other tools.
            .timezone("UTC")
            .scalable_target_action(change.build())
            .send()
            .await
            .map_err(|error| failure("PutScheduledAction", id.resource_id(), error))?;
        Ok(())
    }

    async fn delete_action(&self, id: &VariantId, name: &str) -> AwsResult<()> {
        let answer = self
            .scaling()
            .delete_scheduled_action()
            .service_namespace(NAMESPACE)
            .scalable_dimension(DIMENSION)
            .resource_id(id.resource_id())
            .scheduled_action_name(name)
            .send()
            .await;
        match answer.map_err(|error| failure("DeleteScheduledAction", id.resource_id(), error)) {
            Err(failure) if failure.kind != FailureKind::NotRegistered => Err(failure),
            _ => Ok(()),
        }
    }

    async fn set_min(&self, id: &VariantId, min: i32) -> AwsResult<()> {
        self.scaling()
            .register_scalable_target()
            .service_namespace(NAMESPACE)
            .scalable_dimension(DIMENSION)
            .resource_id(id.resource_id())
            .min_capacity(min)
            .send()
            .await
            .map_err(|error| failure("RegisterScalableTarget", id.resource_id(), error))?;
        Ok(())
    }
}

fn name(id: Option<&VariantId>) -> String {
    id.map_or_else(|| "*".to_owned(), VariantId::resource_id)
}

/// Targets of other dimensions (inference components) are ignored.
fn target(target: &SdkTarget) -> Option<ScalableTarget> {
    if *target.scalable_dimension() != DIMENSION {
        return None;
    }
    let suspended = target.suspended_state();
    let flag = |value: Option<bool>| value.unwrap_or_default();
    Some(ScalableTarget {
        id: VariantId::from_resource_id(target.resource_id())?,
        min: target.min_capacity(),
        max: target.max_capacity(),
        suspended: Suspended {
            scaling_in: flag(suspended.and_then(|s| s.dynamic_scaling_in_suspended())),
            scaling_out: flag(suspended.and_then(|s| s.dynamic_scaling_out_suspended())),
            scheduled: flag(suspended.and_then(|s| s.scheduled_scaling_suspended())),
        },
    })
}

fn action(action: &SdkAction) -> Option<ScheduledAction> {
    if action.scalable_dimension().is_some_and(|dimension| *dimension != DIMENSION) {
        return None;
    }
    let change = action.scalable_target_action();
    // `EndTime` in the past means that a recurring action never runs again.
    let over =
        action.end_time().is_some_and(|end| *end < DateTime::from(std::time::SystemTime::now()));
    Some(ScheduledAction {
        id: VariantId::from_resource_id(action.resource_id())?,
        name: action.scheduled_action_name().to_owned(),
        schedule: action.schedule().to_owned(),
        timezone: action.timezone().map(str::to_owned),
        min: change.and_then(|change| change.min_capacity()).filter(|_| !over),
        max: change.and_then(|change| change.max_capacity()).filter(|_| !over),
    })
}
