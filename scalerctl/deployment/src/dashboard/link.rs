//! The link of a stack's dashboard, as in the template's output `DashboardUrl`.

/// The link in the console of the region's partition. The dashboard's name has the region, because dashboards are
/// global.
pub fn of(stack: &str, region: &str) -> String {
    let console = match region {
        china if china.starts_with("cn-") => "console.amazonaws.cn",
        gov if gov.starts_with("us-gov-") => "console.amazonaws-us-gov.com",
        _ => "console.aws.amazon.com",
    };
    format!(
        "https://{region}.{console}/cloudwatch/home?region={region}#dashboards:name={stack}-{region}"
    )
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn each_partition_has_its_console() {
        for (region, console) in [
            ("eu-west-1", "console.aws.amazon.com"),
            ("cn-north-1", "console.amazonaws.cn"),
            ("us-gov-west-1", "console.amazonaws-us-gov.com"),
        ] {
            let link = format!(
                "https://{region}.{console}/cloudwatch/home?region={region}#dashboards:name=my-stack-{region}"
            );
            assert_eq!(of("my-stack", region), link);
        }
    }
}
