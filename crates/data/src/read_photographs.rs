//! Reads and prepares all photographs of a labels file.

use std::sync::atomic::{AtomicUsize, Ordering};

use fitroom_domain::ImageSize;
use rayon::prelude::*;

use crate::import::{ImportError, Progress};
use crate::labels::LabelsRow;
use crate::photograph_source::PhotographReader;
use crate::skipped::Skipped;
use crate::source::{Source, SourceError};

/// The photographs that can be used, and those that cannot.
pub(crate) struct Photographs {
    /// The prepared pictures, one after the other.
    pub(crate) pixels: Vec<u8>,
    /// Their rows.
    pub(crate) rows: Vec<LabelsRow>,
    /// The others.
    pub(crate) skipped: Vec<Skipped>,
}

/// Reads the photographs of all rows and makes them `size`.
pub(crate) fn read_photographs(
    source: &Source,
    rows: Vec<LabelsRow>,
    size: ImageSize,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Photographs, ImportError> {
    let (pixels, problems) = read_on_all_cores(source, &rows, size, progress)?;
    Ok(drop_skipped(pixels, rows, problems, picture_bytes(size)))
}

/// The pictures of all rows, one after the other, and for each row what is wrong with its photograph. At
/// any time each thread holds one photograph, so that memory is bounded.
fn read_on_all_cores(
    source: &Source,
    rows: &[LabelsRow],
    size: ImageSize,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<(Vec<u8>, Vec<Option<String>>), ImportError> {
    let bytes_each = picture_bytes(size);
    let mut pixels = white(rows.len(), size)?;
    let mut problems = vec![None; rows.len()];
    // Few enough chunks that opening the archive for each costs nothing, enough that no core waits long.
    let chunk = rows.len().div_ceil(8 * rayon::current_num_threads());
    let done = AtomicUsize::new(0);
    let total = rows.len();
    rows.par_chunks(chunk)
        .zip(pixels.par_chunks_mut(chunk * bytes_each))
        .zip(problems.par_chunks_mut(chunk))
        .try_for_each(|((rows, pixels), problems)| {
            let mut reader = PhotographReader::of(source)?;
            let places = pixels.chunks_exact_mut(bytes_each).zip(problems);
            for (row, (pixels, problem)) in rows.iter().zip(places) {
                match reader.prepare(&row.path, size, false) {
                    Ok(picture) => pixels.copy_from_slice(&picture.pixels),
                    Err(error) => *problem = Some(error.to_string()),
                }
                progress(Progress {
                    done: done.fetch_add(1, Ordering::Relaxed) + 1,
                    total,
                });
            }
            Ok::<(), SourceError>(())
        })?;
    Ok((pixels, problems))
}

/// Bytes of a prepared picture.
fn picture_bytes(size: ImageSize) -> usize {
    size.height as usize * size.width as usize * 3
}

/// Room for all pictures.
fn white(photographs: usize, size: ImageSize) -> Result<Vec<u8>, ImportError> {
    let out_of_memory = || ImportError::Memory {
        photographs,
        width: size.width,
        height: size.height,
    };
    let bytes = photographs
        .checked_mul(picture_bytes(size))
        .ok_or_else(out_of_memory)?;
    let mut pixels = Vec::new();
    pixels
        .try_reserve_exact(bytes)
        .map_err(|_| out_of_memory())?;
    pixels.resize(bytes, 255);
    Ok(pixels)
}

/// Moves the pictures together that have no problem.
fn drop_skipped(
    mut pixels: Vec<u8>,
    rows: Vec<LabelsRow>,
    problems: Vec<Option<String>>,
    bytes_each: usize,
) -> Photographs {
    let mut kept = Vec::with_capacity(rows.len());
    let mut skipped = Vec::new();
    for (position, (row, problem)) in rows.into_iter().zip(problems).enumerate() {
        match problem {
            None => {
                let from = position * bytes_each;
                pixels.copy_within(from..from + bytes_each, kept.len() * bytes_each);
                kept.push(row);
            }
            Some(reason) => skipped.push(Skipped {
                path: row.path,
                line: row.line,
                reason,
            }),
        }
    }
    pixels.truncate(kept.len() * bytes_each);
    Photographs {
        pixels,
        rows: kept,
        skipped,
    }
}
