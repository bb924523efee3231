using static TorchSharp.torch;

namespace Engine.Peers.LibTorch;

/// <summary>Operations of LibTorch that TorchSharp has no method for, by way of TorchScript.</summary>
internal static class Scripts
{
    // NAdam has no fused form; this is torch.optim.NAdam's step, tensor by tensor, as PyTorch takes it on CPUs.
    private const string Source = """
        def to_mkldnn(x):
            return x.to_mkldnn()

        def to_dense(x):
            return x.to_dense()

        def sgd(params: List[Tensor], grads: List[Tensor], momenta: List[Tensor], lr: float, momentum: float, decay: float,
                nesterov: bool, first: bool) -> Tensor:
            torch._fused_sgd_(params, grads, momenta, weight_decay=decay, momentum=momentum, lr=lr, dampening=0.0,
                              nesterov=nesterov, maximize=False, is_first_step=first)
            return params[0]

        def adam(params: List[Tensor], grads: List[Tensor], m: List[Tensor], v: List[Tensor], steps: List[Tensor], lr: float,
                 b1: float, b2: float, eps: float, decay: float) -> Tensor:
            torch._foreach_add_(steps, 1)
            none: List[Tensor] = []
            torch._fused_adam_(params, grads, m, v, none, steps, lr=lr, beta1=b1, beta2=b2, weight_decay=decay, eps=eps,
                               amsgrad=False, maximize=False)
            return params[0]

        def adamw(params: List[Tensor], grads: List[Tensor], m: List[Tensor], v: List[Tensor], steps: List[Tensor], lr: float,
                  b1: float, b2: float, eps: float, decay: float) -> Tensor:
            torch._foreach_add_(steps, 1)
            none: List[Tensor] = []
            torch._fused_adamw_(params, grads, m, v, none, steps, lr=lr, beta1=b1, beta2=b2, weight_decay=decay, eps=eps,
                                amsgrad=False, maximize=False)
            return params[0]

        def nadam(params: List[Tensor], grads: List[Tensor], m: List[Tensor], v: List[Tensor], b1: float, b2: float, eps: float,
                  decay: float, correction: float, gradient_rate: float, mean_rate: float) -> Tensor:
            for i in range(len(params)):
                p = params[i]
                g = grads[i]
                if decay != 0.0:
                    g = g.add(p, alpha=decay)
                m[i].lerp_(g, 1 - b1)
                v[i].mul_(b2).addcmul_(g, g, value=1 - b2)
                root = v[i].div(correction).sqrt_().add_(eps)
                p.addcdiv_(g, root, value=gradient_rate)
                p.addcdiv_(m[i], root, value=mean_rate)
            return params[0]

        """;

    private static readonly jit.CompilationUnit s_unit = jit.compile(Source);

    public static Tensor ToOneDnn(Tensor x) => (Tensor)s_unit.invoke("to_mkldnn", x);

    public static Tensor ToDense(Tensor x) => (Tensor)s_unit.invoke("to_dense", x);

    /// <summary>Runs an optimiser's function; the tensor it returns is a parameter.</summary>
    public static void Update(string function, params object[] arguments) =>
        ((Tensor)s_unit.invoke(function, arguments)).Dispose();
}
