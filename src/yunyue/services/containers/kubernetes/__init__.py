"""The engine past one machine: any conformant Kubernetes cluster, by server-side apply and watches."""
