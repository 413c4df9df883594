"""Images: the same encoder, whose words are patches."""

import torch
from jaxtyping import Float, Real
from torch import Tensor, nn

from attnbook.functional.checks import check_floating
from attnbook.layers.linear import glorot_linear
from attnbook.layers.positions import LearnedPositions
from attnbook.model.encoder import Encoder
from attnbook.model.stack_config import StackConfig


def cut_patches(
    images: Real[Tensor, "batch channels height width"], patch_size: int
) -> Real[Tensor, "batch num_patches patch_dim"]:
    """Cut images into square patches, row by row, and write each as one vector.

    Args:
        images: shape `(batch, channels, height, width)`.
        patch_size: height and width of a patch.

    Returns:
        The patches; shape `(batch, num_patches, channels * patch_size**2)`.

    Raises:
        ValueError: `patch_size` does not divide the height and the width.

    Examples:
        >>> import torch
        >>> cut_patches(torch.arange(16).view(1, 1, 4, 4), patch_size=2)[0].tolist()
        [[0, 1, 4, 5], [2, 3, 6, 7], [8, 9, 12, 13], [10, 11, 14, 15]]
    """
    height, width = images.shape[-2:]
    if height % patch_size or width % patch_size:
        raise ValueError(
            f"images must be divisible by patch_size, "
            f"got {height} x {width} and {patch_size}"
        )
    strips = images.unflatten(-2, (-1, patch_size))  # height: (down, patch_size)
    squares = strips.unflatten(-1, (-1, patch_size))  # width: (across, patch_size)
    # Patches first, down and across; then what is in them, channel by channel.
    return squares.permute(0, 2, 4, 1, 3, 5).flatten(3).flatten(1, 2)


class ImageClassifier(nn.Module):
    """Tell what is in an image, by an encoder that reads its patches as words.

    One learned token more stands before the patches. It has nothing to say itself; what
    it has gathered from the patches at the end decides.

    Args:
        config: sizes and switches of the encoder.
        image_size: height and width of the images.
        patch_size: height and width of a patch.
        num_classes: how many kinds of image there are.
        channels: numbers to a pixel: 1 for grey, 3 for colours.
        positions: whether the model is told where each patch was.

    Raises:
        ValueError: `patch_size` does not divide `image_size`, or a size is below 1.

    Examples:
        >>> import torch
        >>> config = StackConfig(d_model=8, num_heads=2, num_layers=1, d_ff=16)
        >>> model = ImageClassifier(config, image_size=8, patch_size=2, num_classes=10)
        >>> model(torch.ones(3, 1, 8, 8)).shape
        torch.Size([3, 10])

    Source:
        Dosovitskiy et al. 2020, section 3.1, which puts norms first: so does
        `StackConfig(norm_first=True)`.
    """

    def __init__(
        self,
        config: StackConfig,
        image_size: int,
        patch_size: int,
        num_classes: int,
        *,
        channels: int = 1,
        positions: bool = True,
    ) -> None:
        super().__init__()
        sizes = {
            "image_size": image_size,
            "patch_size": patch_size,
            "num_classes": num_classes,
            "channels": channels,
        }
        for name, size in sizes.items():
            if size < 1:
                raise ValueError(f"{name} must be at least 1, got {size}")
        if image_size % patch_size:
            raise ValueError(
                f"image_size must be divisible by patch_size, "
                f"got {image_size} and {patch_size}"
            )
        self.shape = (channels, image_size, image_size)
        self.patch_size = patch_size
        length = (image_size // patch_size) ** 2 + 1
        self.embedding = glorot_linear(channels * patch_size**2, config.d_model, True)
        self.token = nn.Parameter(torch.zeros(config.d_model))
        self.positions = LearnedPositions(length, config.d_model) if positions else None
        self.dropout = nn.Dropout(config.dropout)
        self.encoder = Encoder(config)
        self.to_logits = glorot_linear(config.d_model, num_classes, True)

    def forward(
        self, images: Real[Tensor, "batch channels height width"]
    ) -> Float[Tensor, "batch num_classes"]:
        """Score every kind of image.

        Args:
            images: shape `(batch, channels, image_size, image_size)`, floating.

        Returns:
            The logits, any real numbers; shape `(batch, num_classes)`.

        Raises:
            ValueError: `images` is not floating or not of the shape promised.
        """
        check_floating(images=images)
        if images.shape[1:] != self.shape:
            raise ValueError(
                f"images must have the shape (batch, {self.shape}), "
                f"got {tuple(images.shape)}"
            )
        patches = self.embedding(cut_patches(images, self.patch_size))
        token = self.token.expand(len(images), 1, -1)
        x = torch.cat([token, patches], dim=1)  # (batch, 1 + num_patches, d_model)
        if self.positions is not None:
            x = x + self.positions(x.size(1))
        return self.to_logits(self.encoder(self.dropout(x))[:, 0])
