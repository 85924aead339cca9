//! How the model names what AWS gives an identifier: ARNs, and stand-ins for random parts.

use reactive_scaler::port::VariantId;

use crate::World;

impl World {
    /// The ARN of something of the world's region and account.
    pub(crate) fn arn(&self, service: &str, rest: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{rest}", self.settings.region, self.settings.account)
    }

    /// The ARN of an alarm, there or not.
    pub fn alarm_arn(&self, name: &str) -> String {
        self.arn("cloudwatch", &format!("alarm:{name}"))
    }

    /// The ARN of a scaling policy, there or not.
    pub fn policy_arn(&self, id: &VariantId, policy: &str) -> String {
        let resource = id.resource_id();
        let key = uuid(&[&resource, policy]);
        let rest = format!("scalingPolicy:{key}:resource/sagemaker/{resource}:policyName/{policy}");
        self.arn("autoscaling", &rest)
    }
}

/// A stand-in for a random identifier of AWS: the same parts give the same one.
pub(crate) fn uuid(parts: &[&str]) -> String {
    let (a, b) = (mix(0, parts), mix(0x6c62_272e_07bb_0142, parts));
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        a >> 32,
        (a >> 16) & 0xffff,
        a & 0xfff,
        b >> 52,
        b & 0xffff_ffff_ffff
    )
}

/// A stand-in for a short random key of AWS.
pub(crate) fn key(text: &str) -> String {
    format!("{:x}", text.bytes().fold(0, step))
}

fn mix(seed: u64, parts: &[&str]) -> u64 {
    // A part's end counts too: ("a", "bc") is not ("ab", "c").
    parts.iter().fold(seed, |key, part| part.bytes().chain([0]).fold(key, step))
}

fn step(key: u64, byte: u8) -> u64 {
    key.wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte)
}
