namespace DandelionMl.Backbones.BuiltIn.Numerics;

/// <summary>Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, Matrix
/// Computations, 8.5): slow for large matrices, but short, accurate and always in the same order.</summary>
internal static class SymmetricEigen
{
    private const int MaximumSweeps = 60;

    /// <summary>Decomposes a matrix.</summary>
    /// <param name="matrix">n × n values, symmetric; left unchanged.</param>
    /// <param name="n">Its size.</param>
    /// <returns>The eigenvalues, largest first, and n × n values: the unit eigenvectors in the same order, one after the other.
    /// The largest component of each is positive, so that its sign is no matter of chance.</returns>
    public static (double[] Values, double[] Vectors) Decompose(ReadOnlySpan<double> matrix, int n)
    {
        var a = matrix.ToArray();
        var vectors = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            vectors[i * n + i] = 1;
        }

        for (var sweep = 0; sweep < MaximumSweeps && !IsDiagonal(a, n); sweep++)
        {
            for (var p = 0; p < n - 1; p++)
            {
                for (var q = p + 1; q < n; q++)
                {
                    Rotate(a, vectors, n, p, q);
                }
            }
        }

        return Sort(a, vectors, n);
    }

    private static bool IsDiagonal(double[] a, int n)
    {
        double diagonal = 0, rest = 0;
        for (var i = 0; i < n; i++)
        {
            diagonal += a[i * n + i] * a[i * n + i];
            for (var j = i + 1; j < n; j++)
            {
                rest += a[i * n + j] * a[i * n + j];
            }
        }

        return rest <= 1e-22 * diagonal;
    }

    private static void Rotate(double[] a, double[] vectors, int n, int p, int q)
    {
        var pq = a[p * n + q];
        if (pq == 0)
        {
            return;
        }

        var theta = (a[q * n + q] - a[p * n + p]) / (2 * pq);
        var t = (theta < 0 ? -1 : 1) / (Math.Abs(theta) + Math.Sqrt(theta * theta + 1));
        var c = 1 / Math.Sqrt(t * t + 1);
        var s = t * c;
        for (var k = 0; k < n; k++)
        {
            var (kp, kq) = (a[k * n + p], a[k * n + q]);
            (a[k * n + p], a[k * n + q]) = (c * kp - s * kq, s * kp + c * kq);
        }

        for (var k = 0; k < n; k++)
        {
            var (pk, qk) = (a[p * n + k], a[q * n + k]);
            (a[p * n + k], a[q * n + k]) = (c * pk - s * qk, s * pk + c * qk);
            (pk, qk) = (vectors[p * n + k], vectors[q * n + k]);
            (vectors[p * n + k], vectors[q * n + k]) = (c * pk - s * qk, s * pk + c * qk);
        }
    }

    private static (double[] Values, double[] Vectors) Sort(double[] a, double[] vectors, int n)
    {
        var order = Enumerable.Range(0, n).OrderByDescending(i => a[i * n + i]).ToArray();
        var sorted = new double[n * n];
        for (var rank = 0; rank < n; rank++)
        {
            var vector = vectors.AsSpan(order[rank] * n, n);
            var largest = 0;
            for (var k = 1; k < n; k++)
            {
                largest = Math.Abs(vector[k]) > Math.Abs(vector[largest]) ? k : largest;
            }

            var sign = vector[largest] < 0 ? -1 : 1;
            for (var k = 0; k < n; k++)
            {
                sorted[rank * n + k] = sign * vector[k];
            }
        }

        return (Array.ConvertAll(order, i => a[i * n + i]), sorted);
    }
}
