//! Findings about the type and the status of the endpoint.

use reactive_scaler::port::EndpointStatus;
use simulator::{Fault, Refusal};

use super::{
    case::Case,
    run::doctor,
    world::{ENDPOINT, but, healthy},
};

pub fn cases() -> Vec<Case> {
    let standing = |status| but(|world| world.set_status(ENDPOINT, status));
    let of_real_time = |change: fn(&mut simulator::VariantState)| {
        but(|world| {
            let endpoint = world.endpoint_mut(ENDPOINT);
            endpoint.asynchronous = false;
            endpoint.variants.iter_mut().for_each(change);
        })
    };
    vec![
        Case::new(
            "endpoint-failed",
            "Failed",
            standing(EndpointStatus::Failed),
            &["my-endpoint is Failed", "aws sagemaker delete-endpoint --endpoint-name my-endpoint"],
        ),
        Case::new(
            "endpoint-failed",
            "OutOfService",
            standing(EndpointStatus::OutOfService),
            &["my-endpoint is OutOfService", "aws sagemaker list-endpoint-configs"],
        ),
        Case::new(
            "endpoint-failed",
            "UpdateRollbackFailed",
            standing(EndpointStatus::UpdateRollbackFailed),
            &["my-endpoint is UpdateRollbackFailed", "aws sagemaker list-endpoint-configs"],
        ),
        Case::new(
            "endpoint-not-in-service",
            "SystemUpdating",
            standing(EndpointStatus::SystemUpdating),
            &["my-endpoint is SystemUpdating", "aws sagemaker wait endpoint-in-service"],
        ),
        Case::new(
            "not-async",
            "a real-time endpoint",
            of_real_time(|_| {}),
            &["my-endpoint is a real-time endpoint", "with an AsyncInferenceConfig"],
        ),
        Case::new(
            "serverless",
            "a serverless endpoint",
            of_real_time(|variant| variant.serverless = true),
            &["the variant AllTraffic of my-endpoint is serverless", "without ServerlessConfig"],
        ),
        Case::new(
            "managed-instance-scaling",
            "an endpoint that SageMaker scales",
            of_real_time(|variant| variant.managed = true),
            &["has managed instance scaling", "without ManagedInstanceScaling"],
        ),
        Case::new(
            "endpoint-config-gone",
            "its configuration was deleted",
            but(|world| {
                let answer = "Could not find endpoint configuration \
                              \"arn:aws:sagemaker:eu-central-1:123456789012:endpoint-config/c\".";
                let refused = Fault::Refused(Refusal::validation(answer));
                world.faults.fail_next("DescribeEndpointConfig", refused, 100);
            }),
            &["my-endpoint-config does not exist", "aws sagemaker list-endpoint-configs"],
        ),
        Case::new(
            "burstable-instances",
            "ml.t2.medium",
            but(|world| world.settings.instance_type = "ml.t2.medium".to_owned()),
            &["the variant AllTraffic of my-endpoint has instances of type ml.t2.medium"],
        ),
    ]
}

#[tokio::test]
async fn every_status_except_in_service_is_reported() {
    use EndpointStatus as Is;
    for (status, finding) in [
        (Is::Creating, "endpoint-not-in-service"),
        (Is::Updating, "endpoint-not-in-service"),
        (Is::RollingBack, "endpoint-not-in-service"),
        (Is::Deleting, "endpoint-not-in-service"),
        (Is::Failed, "endpoint-failed"),
    ] {
        let sim = healthy();
        sim.with(|world| world.set_status(ENDPOINT, status));
        doctor(&sim, &[]).await.assert_finds(&[finding]);
        sim.with(|world| world.set_status(ENDPOINT, Is::InService));
        doctor(&sim, &[]).await.assert_finds(&[]);
    }
}
