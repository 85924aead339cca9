//! Parameters of AWS Systems Manager, and the caller's identity of STS.

use serde_json::{Value, json};

use crate::{
    setup::*,
    wire::{loopback, post},
};

#[tokio::test]
async fn a_parameter_is_put_read_and_deleted() {
    let (sim, aws) = loopback(simulator::World::new(start())).await;
    let ssm = async |operation: &str, body: Value| {
        post(&aws, &format!("AmazonSSM.{operation}"), &body.to_string()).await.unwrap()
    };
    let put = json!({ "Name": "/my/routes", "Value": "[]", "Type": "String" });
    assert_eq!(ssm("PutParameter", put.clone()).await.1["Version"], 1);
    assert_eq!(ssm("PutParameter", put).await.1["__type"], "ParameterAlreadyExists");
    let over = json!({ "Name": "/my/routes", "Value": "[1]", "Overwrite": true });
    assert_eq!(ssm("PutParameter", over).await.1["Version"], 2);
    let (_, got) = ssm("GetParameter", json!({ "Name": "/my/routes" })).await;
    let expected = json!({
        "Name": "/my/routes", "Type": "String", "Value": "[1]", "Version": 2, "DataType": "text",
        "ARN": "arn:aws:ssm:eu-central-1:123456789012:parameter/my/routes",
    });
    assert_eq!(got["Parameter"], expected);
    // What the function reads is the same.
    assert_eq!(sim.with(|world| world.get_parameter("/my/routes")).unwrap(), "[1]");
    let (_, got) = ssm("GetParameters", json!({ "Names": ["/my/routes", "/other"] })).await;
    assert_eq!(got, json!({ "Parameters": [expected], "InvalidParameters": ["/other"] }));
    let secret = json!({ "Name": "a", "Value": "b", "Type": "SecureString" });
    assert_eq!(ssm("PutParameter", secret).await.1["__type"], "UnsupportedParameterType");
    assert_eq!(ssm("DeleteParameter", json!({ "Name": "/my/routes" })).await.0, 200);
    assert_eq!(
        ssm("GetParameter", json!({ "Name": "/my/routes" })).await.1["__type"],
        "ParameterNotFound"
    );
}

#[test]
fn the_caller_is_a_user_of_the_account() {
    let mut world = simulator::World::new(start());
    let answer =
        simulator::http::service_answer("sts", &mut world, "GetCallerIdentity", json!({})).unwrap();
    assert_eq!(answer["Account"], "123456789012");
    assert_eq!(answer["Arn"], "arn:aws:iam::123456789012:user/local");
}
