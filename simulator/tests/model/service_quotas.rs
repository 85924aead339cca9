//! Service Quotas: the quota of instances for endpoints.

use serde_json::{Value, json};

use crate::{
    setup::*,
    wire::{loopback, post},
};

#[tokio::test]
async fn an_increase_raises_the_quota_of_each_endpoint_that_is_below() {
    let mut world = endpoint_at(0);
    world.set_quota(ENDPOINT, Some(0));
    world.add_async_endpoint("other", "AllTraffic", 0);
    world.set_quota("other", Some(5));
    world.add_async_endpoint("unlimited", "AllTraffic", 0);
    let (sim, aws) = loopback(world).await;
    let quotas = async |operation: &str, mut body: Value| {
        body["ServiceCode"] = json!("sagemaker");
        let target = format!("ServiceQuotasV20190624.{operation}");
        post(&aws, &target, &body.to_string()).await.unwrap()
    };
    let (_, listed) = quotas("ListServiceQuotas", json!({})).await;
    let quota = &listed["Quotas"][0];
    assert_eq!(quota["QuotaName"], "ml.g5.xlarge for endpoint usage");
    assert_eq!(quota["Value"], 0.0);

    let request = |code: &Value, value: f64| json!({ "QuotaCode": code, "DesiredValue": value });
    let refused = quotas("RequestServiceQuotaIncrease", request(&json!("L-0"), 2.0)).await;
    assert_eq!(refused.1["__type"], "NoSuchResourceException");
    let refused = quotas("RequestServiceQuotaIncrease", request(&quota["QuotaCode"], 0.0)).await;
    assert_eq!(refused.1["__type"], "InvalidResourceStateException");
    let (code, granted) =
        quotas("RequestServiceQuotaIncrease", request(&quota["QuotaCode"], 2.0)).await;
    assert_eq!((code, &granted["RequestedQuota"]["Status"]), (200, &json!("APPROVED")));
    assert_eq!(quotas("ListServiceQuotas", json!({})).await.1["Quotas"][0]["Value"], 2.0);
    sim.with(|world| {
        let of = |name: &str| world.endpoint(name).unwrap().quota;
        assert_eq!([ENDPOINT, "other", "unlimited"].map(of), [Some(2), Some(5), None]);
    });
}
