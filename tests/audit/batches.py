# ruff: noqa: F811 - an answer's name need only be unique within its exercise
"""Notebook 07: other right answers, and real mistakes."""

import numpy as np

from w2v import mistakes
from w2v.exercises.sigmoid import sigmoid
from w2v.grading.fixtures import mistaken, variant

# batch_loss


@variant("batch_loss")
def logs_of_sigmoids(V, U, Y, W):
    Z = V @ U.T
    return -np.sum(Y * np.log(sigmoid(Z))) - np.sum((W - Y) * np.log(sigmoid(-Z)))


@variant("batch_loss")
def one_minus_sigmoid(centers, targets, positive, total):
    p = 1 / (1 + np.exp(-np.dot(centers, targets.T)))
    return -(positive * np.log(p) + (total - positive) * np.log(1 - p)).sum()


@variant("batch_loss")
def by_loop(V, U, Y, W):
    loss = 0.0
    for t, v in enumerate(V):
        for c, u in enumerate(U):
            z = u @ v
            loss -= Y[t, c] * np.log(sigmoid(z)) + (W[t, c] - Y[t, c]) * np.log(sigmoid(-z))
    return loss


@variant("batch_loss")
def one_stable_term(V, U, Y, W):
    Z = np.einsum("td,cd->tc", V, U)
    return float(np.sum(W * np.logaddexp(0, Z) - Y * Z))


@variant("batch_loss")
def by_trace(V, U, Y, W):
    Z = (U @ V.T).T
    return np.vdot(Y, np.logaddexp(0, -Z)) + np.vdot(W - Y, np.logaddexp(0, Z))


@mistaken("batch_loss", mistakes.POSITIVE_WEIGHT_TWICE)
def whole_weight(V, U, Y, W):
    Z = V @ U.T
    return -np.sum(Y * np.log(sigmoid(Z))) - np.sum(W * np.log(sigmoid(-Z)))


@mistaken("batch_loss", mistakes.MINUS_IN_SIGMA)
def minus_lost(V, U, Y, W):
    Z = V @ U.T
    return -np.sum(Y * np.log(sigmoid(Z))) - np.sum((W - Y) * np.log(sigmoid(Z)))


@mistaken("batch_loss", mistakes.SIGN_FLIPPED)
def log_likelihood(V, U, Y, W):
    Z = V @ U.T
    return np.sum(Y * np.log(sigmoid(Z))) + np.sum((W - Y) * np.log(sigmoid(-Z)))


@mistaken("batch_loss", mistakes.WEIGHT_LOST)
def one_minus_y(V, U, Y, W):
    Z = V @ U.T
    return -np.sum(Y * np.log(sigmoid(Z)) + (1 - Y) * np.log(sigmoid(-Z)))


@mistaken("batch_loss", mistakes.AVERAGED)
def mean(V, U, Y, W):
    Z = V @ U.T
    return -np.mean(Y * np.log(sigmoid(Z)) + (W - Y) * np.log(sigmoid(-Z)))


@mistaken("batch_loss", mistakes.NEGATIVES_LOST)
def positives_alone(V, U, Y, W):
    return -np.sum(Y * np.log(sigmoid(V @ U.T)))


# batch_gradients


@variant("batch_gradients")
def direct(V, U, Y, W):
    G = W * sigmoid(V @ U.T) - Y
    return G @ U, G.T @ V


@variant("batch_gradients")
def by_terms(centers, targets, positive, total):
    Z = centers.dot(targets.T)
    G = -positive * sigmoid(-Z) + (total - positive) * (1 - sigmoid(-Z))
    return np.matmul(G, targets), np.matmul(G.T, centers)


@variant("batch_gradients")
def by_einsum(V, U, Y, W):
    G = W / (1 + np.exp(-np.einsum("ti,ci->tc", V, U))) - Y
    return np.einsum("tc,ci->ti", G, U), np.einsum("tc,ti->ci", G, V)


@variant("batch_gradients")
def by_loop(V, U, Y, W):
    dV, dU = np.zeros_like(V), np.zeros_like(U)
    for t in range(len(V)):
        for c in range(len(U)):
            g = W[t, c] * sigmoid(V[t] @ U[c]) - Y[t, c]
            dV[t] += g * U[c]
            dU[c] += g * V[t]
    return dV, dU


@variant("batch_gradients")
def as_list(V, U, Y, W):
    G = sigmoid(U @ V.T)
    G = np.multiply(G, W.T) - Y.T
    return [(U.T @ G).T, G @ V]


@mistaken("batch_gradients", mistakes.WEIGHT_LOST)
def sigma_minus_y(V, U, Y, W):
    G = sigmoid(V @ U.T) - Y
    return G @ U, G.T @ V


@mistaken("batch_gradients", mistakes.Y_WEIGHTED)
def weighted_difference(V, U, Y, W):
    G = W * (sigmoid(V @ U.T) - Y)
    return G @ U, G.T @ V


@mistaken("batch_gradients", mistakes.NEGATIVE_WEIGHT_ONLY)
def negative_weight(V, U, Y, W):
    G = (W - Y) * sigmoid(V @ U.T) - Y
    return G @ U, G.T @ V


@mistaken("batch_gradients", mistakes.SIGN_FLIPPED)
def y_minus_sigma(V, U, Y, W):
    G = Y - W * sigmoid(V @ U.T)
    return G @ U, G.T @ V


@mistaken("batch_gradients", mistakes.MINUS_IN_SIGMA)
def minus_in_sigma(V, U, Y, W):
    G = W * sigmoid(-V @ U.T) - Y
    return G @ U, G.T @ V


@mistaken("batch_gradients", mistakes.EXCHANGED)
def exchanged(V, U, Y, W):
    G = W * sigmoid(V @ U.T) - Y
    return G.T @ V, G @ U


@mistaken("batch_gradients", mistakes.AVERAGED)
def mean(V, U, Y, W):
    G = (W * sigmoid(V @ U.T) - Y) / len(V)
    return G @ U, G.T @ V


@mistaken("batch_gradients", mistakes.CANNOT_MULTIPLY)
def transpose_forgotten(V, U, Y, W):
    G = W * sigmoid(V @ U.T) - Y
    return G @ U, G @ V


@mistaken("batch_gradients", mistakes.MODIFIES_INPUT)
def into_the_weights(V, U, Y, W):
    W *= sigmoid(V @ U.T)
    W -= Y
    return W @ U, W.T @ V


@mistaken("batch_gradients", mistakes.POSITIVES_ONLY)
def without_y(V, U, Y, W):
    G = W * sigmoid(V @ U.T)
    return G @ U, G.T @ V
