import type { Texts } from './english.ts'

/** 简体中文 */
export const chinese: Texts = {
  appName: '文件',
  home: '主目录',
  close: '关闭',
  cancel: '取消',
  login: {
    title: '登录',
    user: '用户名',
    password: '密码',
    remember: '在此设备上保持登录',
    submit: '登录',
    wrong: '用户名或密码错误。',
    ended: '会话已结束，请重新登录。',
    withoutLogin: '不登录，继续浏览',
  },
  lost: {
    title: '服务器没有响应',
    retry: '重试',
  },
  errors: {
    unexpected: '发生了意外错误。',
    other: (message) => `服务器拒绝了请求：${message}`,
    byCode: {
      lost: '服务器没有响应。请检查网络连接后重试。',
      not_found: '该项目已不存在。',
      forbidden: '您没有执行此操作的权限。',
      exists: '该名称已被占用。',
      quota: '您在此服务器上的空间已满。',
      no_space: '服务器磁盘已满。',
      busy: '服务器繁忙，请稍后重试。',
    },
  },
  upload: {},
  share: {},
}
