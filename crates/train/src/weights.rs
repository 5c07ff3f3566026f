//! The weights of a network.

use tch::{TchError, Tensor};

/// A layer's kernel and bias, single precision, on the CPU.
#[derive(Debug)]
pub struct Layer {
    /// (kernels, input channels, height, width) in channels-last memory for a convolution, (units,
    /// inputs) for a dense layer.
    pub kernel: Tensor,
    /// One value for each kernel or unit.
    pub bias: Tensor,
}

impl Layer {
    /// A layer whose tensors take gradients.
    pub fn new(kernel: Tensor, bias: Tensor) -> Result<Layer, TchError> {
        Ok(Layer {
            kernel: kernel.f_detach()?.f_set_requires_grad(true)?,
            bias: bias.f_detach()?.f_set_requires_grad(true)?,
        })
    }

    fn on(&self, device: tch::Device) -> Result<Layer, TchError> {
        Layer::new(
            self.kernel.f_to_device(device)?,
            self.bias.f_to_device(device)?,
        )
    }

    fn deep_copy(&self) -> Result<Layer, TchError> {
        // `f_detach_copy` would lose the layout in memory.
        let copy = |tensor: &Tensor| -> Result<Tensor, TchError> {
            let tensor = tensor.f_detach()?;
            let mut copy = tensor.f_empty_like()?;
            copy.f_copy_(&tensor)?;
            Ok(copy)
        };
        Layer::new(copy(&self.kernel)?, copy(&self.bias)?)
    }
}

/// All weights of `Conv → MaxPool → Conv → MaxPool → Flatten → [Dense] → Dense`.
#[derive(Debug)]
pub struct Weights {
    /// The first convolution.
    pub convolution_1: Layer,
    /// The second convolution.
    pub convolution_2: Layer,
    /// The hidden dense layer, if there is one. Its inputs are ordered height, width, channel.
    pub hidden: Option<Layer>,
    /// The output layer, one unit for each class.
    pub output: Layer,
}

impl Weights {
    /// Every tensor with its name, which is its key in weight files, in the order of the network.
    pub fn named(&self) -> Vec<(&'static str, &Tensor)> {
        let mut named = vec![
            ("convolution_1.kernel", &self.convolution_1.kernel),
            ("convolution_1.bias", &self.convolution_1.bias),
            ("convolution_2.kernel", &self.convolution_2.kernel),
            ("convolution_2.bias", &self.convolution_2.bias),
        ];
        if let Some(hidden) = &self.hidden {
            named.push(("hidden.kernel", &hidden.kernel));
            named.push(("hidden.bias", &hidden.bias));
        }
        named.push(("output.kernel", &self.output.kernel));
        named.push(("output.bias", &self.output.bias));
        named
    }

    /// The kernels that the L2 penalty counts: of both convolutions and of the hidden dense layer.
    pub(crate) fn penalised(&self) -> impl Iterator<Item = &Tensor> {
        [
            Some(&self.convolution_1),
            Some(&self.convolution_2),
            self.hidden.as_ref(),
        ]
        .into_iter()
        .flatten()
        .map(|layer| &layer.kernel)
    }

    /// The same weights where this device has them: the same memory, if they are there already.
    pub(crate) fn on(&self, device: tch::Device) -> Result<Weights, TchError> {
        let hidden = self.hidden.as_ref();
        Ok(Weights {
            convolution_1: self.convolution_1.on(device)?,
            convolution_2: self.convolution_2.on(device)?,
            hidden: hidden.map(|layer| layer.on(device)).transpose()?,
            output: self.output.on(device)?,
        })
    }

    /// Weights of their own memory with the same values.
    pub fn deep_copy(&self) -> Result<Weights, TchError> {
        Ok(Weights {
            convolution_1: self.convolution_1.deep_copy()?,
            convolution_2: self.convolution_2.deep_copy()?,
            hidden: self.hidden.as_ref().map(Layer::deep_copy).transpose()?,
            output: self.output.deep_copy()?,
        })
    }
}
