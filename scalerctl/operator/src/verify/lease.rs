//! The lease that keeps the endpoint awake while it is measured.

use reactive_scaler::signal::Command;

use super::findings::Measurements;
use crate::local_scaler::LocalScaler;

/// Writes a lease from now on. At zero, this requests capacity.
pub async fn renew(scaler: &LocalScaler, measurements: &mut Measurements) -> Result<(), String> {
    let done = scaler.ask(Command::Wake, false).await.map_err(|failure| failure.to_string())?;
    measurements.lease_until = done.effects.awake_until;
    if let Some(failure) = scaler.trouble(&done).await {
        return Err(failure.to_string());
    }
    match done.to() {
        Some(1..) => Ok(()),
        _ => Err(format!("it was not woken: {}", done.reason.meaning())),
    }
}
