//! Deployments of the template, one for each way in which the events of uploads are delivered.

use std::collections::{BTreeMap, BTreeSet};

use reactive_scaler::port::VariantId;
use serde_json::{Value, json};
use simulator::Simulator;

use super::control_plane::{
    Bucket, Deployment, Mapping, Notification, Rule, Simulation, Statement,
};

pub const ENDPOINT: &str = "My-Endpoint";
pub const VARIANT: &str = "AllTraffic";
pub const BUCKET: &str = "my-inputs";
pub const NAME: &str = "my-stack-ScalerFunction-AbC123";
pub const ARN: &str =
    "arn:aws:lambda:eu-central-1:123456789012:function:my-stack-ScalerFunction-AbC123";
pub const QUEUE: &str = "arn:aws:sqs:eu-central-1:123456789012:my-uploads";
pub const ROUTES: &str = r#"[{"endpoint":"My-Endpoint","variant":"AllTraffic","bucket":"my-inputs","prefix":"async/in/","suffix":".json"}]"#;

pub fn variant() -> VariantId {
    VariantId::new(ENDPOINT, VARIANT)
}

/// Uploads through EventBridge, directly to the function.
pub fn by_event_bridge() -> Deployment {
    let sim = Simulator::new("2030-01-01T00:00:00Z".parse().unwrap());
    sim.with(|world| {
        world.add_async_endpoint(ENDPOINT, VARIANT, 0);
        world.register_target(&variant(), 0, 4);
    });
    let rules = vec![
        // Every stack also has a rule with a schedule and a rule for other events.
        Rule { name: "nightly", state: "ENABLED", pattern: None, target: ARN.into() },
        Rule {
            name: "state-changes",
            state: "ENABLED",
            pattern: Some(json!({
                "source": ["aws.sagemaker"],
                "detail-type": ["SageMaker Endpoint State Change"],
            })),
            target: ARN.into(),
        },
        upload_rule(ARN),
    ];
    Deployment {
        sim,
        name: NAME.into(),
        arn: ARN.into(),
        role: "arn:aws:iam::123456789012:role/my-stack-ScalerRole-AbC123".into(),
        state: "Active",
        last_update: "Successful",
        variables: BTreeMap::from([
            ("SCALER_ROUTES", ROUTES.to_owned()),
            ("SCALER_MODE", "act".to_owned()),
        ]),
        stored_routes: None,
        policy: Some(admitting("events.amazonaws.com", &upload_rule(ARN).arn())),
        mappings: Vec::new(),
        buckets: BTreeMap::from([(
            BUCKET,
            Bucket { event_bridge: true, notifications: Vec::new() },
        )]),
        rules,
        statements: statements(),
        simulation: Simulation::Complete,
        denied: BTreeSet::new(),
    }
}

/// Uploads through EventBridge and a queue.
pub fn by_queue() -> Deployment {
    let mut deployment = by_event_bridge();
    deployment.rules.pop();
    deployment.rules.push(upload_rule(QUEUE));
    deployment.policy = None;
    deployment.mappings = vec![
        Mapping {
            uuid: "11111111-0000-4000-8000-000000000000",
            source: "arn:aws:kinesis:eu-central-1:123456789012:stream/other".into(),
            state: "Enabled",
            response_types: Vec::new(),
        },
        Mapping {
            uuid: "22222222-0000-4000-8000-000000000000",
            source: QUEUE.into(),
            state: "Enabled",
            response_types: vec!["ReportBatchItemFailures"],
        },
    ];
    deployment
}

/// Uploads through a notification of the bucket, directly to the function.
pub fn by_notification() -> Deployment {
    let mut deployment = by_event_bridge();
    deployment.rules.pop();
    deployment.policy = Some(admitting("s3.amazonaws.com", "arn:aws:s3:::my-inputs"));
    let bucket = deployment.buckets.get_mut(BUCKET).unwrap();
    bucket.event_bridge = false;
    bucket.notifications = vec![notification("CloudFunction", ARN)];
    deployment
}

pub fn notification(kind: &'static str, target: &str) -> Notification {
    Notification {
        kind,
        target: target.into(),
        event: "s3:ObjectCreated:*",
        prefix: "async/in/",
        suffix: ".json",
    }
}

/// The template's `UploadRule`.
fn upload_rule(target: &str) -> Rule {
    Rule {
        name: "my-stack-UploadRule-AbC123",
        state: "ENABLED",
        pattern: Some(json!({
            "source": ["aws.s3"],
            "detail-type": ["Object Created"],
            "detail": {
                "bucket": { "name": [BUCKET] },
                "object": { "key": [{ "wildcard": "async/in/*.json" }] },
            },
        })),
        target: target.into(),
    }
}

pub fn admitting(service: &str, source: &str) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": "uploads",
        "Effect": "Allow",
        "Principal": { "Service": service },
        "Action": "lambda:InvokeFunction",
        "Resource": ARN,
        "Condition": { "ArnLike": { "AWS:SourceArn": source } },
    }] })
}

/// The template's `ScalerRole`.
fn statements() -> Vec<Statement> {
    let account = "eu-central-1:123456789012";
    vec![
        Statement {
            actions: vec![
                "sagemaker:DescribeEndpoint",
                "sagemaker:UpdateEndpointWeightsAndCapacities",
            ],
            // SageMaker's ARNs are in lower case.
            resource: format!("arn:aws:sagemaker:{account}:endpoint/my-endpoint"),
            conditions: Vec::new(),
        },
        Statement {
            actions: vec![
                "application-autoscaling:DescribeScalableTargets",
                "application-autoscaling:DescribeScheduledActions",
                "cloudwatch:GetMetricData",
            ],
            resource: "*".into(),
            conditions: Vec::new(),
        },
        Statement {
            actions: vec![
                "application-autoscaling:RegisterScalableTarget",
                "application-autoscaling:PutScheduledAction",
                "application-autoscaling:DeleteScheduledAction",
            ],
            resource: format!("arn:aws:application-autoscaling:{account}:scalable-target/*"),
            conditions: vec![
                ("application-autoscaling:service-namespace", "sagemaker"),
                (
                    "application-autoscaling:scalable-dimension",
                    "sagemaker:variant:DesiredInstanceCount",
                ),
            ],
        },
        Statement {
            actions: vec!["sagemaker:DescribeEndpointConfig"],
            resource: format!("arn:aws:sagemaker:{account}:endpoint-config/*"),
            conditions: Vec::new(),
        },
        Statement {
            actions: vec!["iam:CreateServiceLinkedRole"],
            resource: "*".into(),
            conditions: vec![(
                "iam:AWSServiceName",
                "sagemaker.application-autoscaling.amazonaws.com",
            )],
        },
    ]
}
